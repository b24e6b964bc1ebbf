# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: requests and handshakes a second of CPU that the gateway passes on
#
# TLS outside, plain HTTP inside, to the same nginx behind all of them; one
# process, certificate and suite each.  Load is h2load's, over connections that
# stay, or over a new one for each request.  Only the CPU of the server that is
# measured counts.
. tests/bench/measure.bash

requests=6000
handshakes=150
rounds=${BENCH_ROUNDS:-3} # each takes long
[ -z "$brief" ] || requests=50
[ -z "$brief" ] || handshakes=5

cipher=ECDHE-RSA-AES128-GCM-SHA256
suite=TLS_AES_128_GCM_SHA256

nginx_server() { # NAME HTTP-BLOCK
	mkdir "$scratch/$1"
	cat >"$scratch/$1.conf" <<-END
		daemon off;
		master_process off;
		user root;
		pid $scratch/$1/pid;
		error_log stderr;
		events { worker_connections 1024; }
		http {
		    access_log off;
		    keepalive_requests 1000000;
		    client_body_temp_path $scratch/$1/body;
		    proxy_temp_path $scratch/$1/proxy;
		    fastcgi_temp_path $scratch/$1/fastcgi;
		    uwsgi_temp_path $scratch/$1/uwsgi;
		    scgi_temp_path $scratch/$1/scgi;
		    $2
		}
	END
	serve "$1" nginx -e stderr -c "$scratch/$1.conf"
}

nginx_gateway() { # VERSION
	local name=nginx-$1

	nginx_server "$name" "
	    upstream backend {
	        server 127.0.0.1:${port[backend]};
	        keepalive 64;
	        keepalive_requests 1000000;
	    }
	    server {
	        listen 127.0.0.1:${port[$name]} ssl;
	        ssl_certificate $scratch/pem;
	        ssl_certificate_key $scratch/pem;
	        ssl_protocols TLSv$1;
	        ssl_ciphers $cipher;
	        location / {
	            proxy_pass http://backend;
	            proxy_http_version 1.1;
	            proxy_set_header Connection '';
	        }
	    }"
}

haproxy_gateway() { # VERSION
	local name=haproxy-$1

	cat >"$scratch/$name.cfg" <<-END
		global
		    nbthread 1
		    maxconn 1024
		defaults
		    mode http
		    timeout connect 10s
		    timeout client 60s
		    timeout server 60s
		    http-reuse always
		frontend outside
		    bind 127.0.0.1:${port[$name]} ssl crt $scratch/pem \
			ssl-min-ver TLSv$1 ssl-max-ver TLSv$1 ciphers $cipher
		    default_backend inside
		backend inside
		    server backend 127.0.0.1:${port[backend]}
	END
	serve "$name" haproxy -db -f "$scratch/$name.cfg"
}

our_gateway() { # VERSION
	local suite=tls13

	[ "$1" = 1.3 ] || suite=tls12-gcm
	serve "ours-$1" "$B/bin/victim-server" gateway \
		--certificate "$scratch/pem" --suite $suite \
		--upstream "127.0.0.1:${port[backend]}" \
		--listen "${port[ours-$1]}"
}

# A request, or a handshake, for each second of the server's CPU.
served() { # NAME COUNT CONNECTIONS
	local before

	before=$(cpu "${pid[$1]}")
	h2load --h1 -n "$2" -c "$3" --ciphers $cipher \
		--tls13-ciphers $suite \
		"https://127.0.0.1:${port[$1]}/" >"$scratch/load"
	grep -q " $2 succeeded" "$scratch/load" || {
		cat "$scratch/load" "$scratch/$1.log" >&2
		return 1
	}
	rate "$2" "$before" "$(cpu "${pid[$1]}")"
}

stays() { served "$1-$version" "$requests" 16; }
ends() { served "$1-$version" "$handshakes" "$handshakes"; }
ours_stays() { stays ours; }
ours_ends() { ends ours; }
nginx_stays() { stays nginx; }
nginx_ends() { ends nginx; }
haproxy_stays() { stays haproxy; }
haproxy_ends() { ends haproxy; }

beside() { # PEER
	row "gateway: requests, TLS $version" "${median[ours_stays]}" "$1" \
		"${median[$1_stays]}" requests/s ">=1.3"
	row "gateway: handshakes, TLS $version" "${median[ours_ends]}" "$1" \
		"${median[$1_ends]}" handshakes/s ">=1"
}

bench_version() {
	local all=(ours_stays nginx_stays ours_ends nginx_ends)

	our_gateway "$version"
	nginx_gateway "$version"
	if have haproxy; then
		haproxy_gateway "$version"
		all+=(haproxy_stays haproxy_ends)
	fi
	measure "${all[@]}"
	beside nginx
	if have haproxy; then
		beside haproxy
	else
		skip "gateway: requests, TLS $version" haproxy haproxy
	fi
}

bench() {
	local next=8000 name

	if ! have h2load || ! have nginx || ! have openssl; then
		skip gateway h2load "nghttp2-client nginx-light openssl"
		return
	fi
	ip link set lo up
	# h2load takes no IPv4 address where only the loopback has one.
	ip addr add 198.51.100.1/24 dev hub
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=gateway \
		-keyout "$scratch/pem" -out "$scratch/cert" 2>"$scratch/said"
	cat "$scratch/cert" >>"$scratch/pem"
	for name in backend {ours,nginx,haproxy}-{1.2,1.3}; do
		port[$name]=$((next++))
	done
	nginx_server backend "server {
		listen 127.0.0.1:${port[backend]};
		return 200 '{\"balance\":42}';
	    }"
	for version in 1.3 1.2; do bench_version; done
}
