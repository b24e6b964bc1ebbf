#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The lab in containers, with podman as root and as a user: the image, the
# whole lab in one container of it, and one container for each host.
#
# Where no registry can be asked, the image is built on a root file system that
# mmdebstrap makes; that and the layers of the build are kept in the user's
# cache folder.

confined="--rm --network none --cap-drop all --security-opt no-new-privileges"
confined+=" --security-opt seccomp=containers/seccomp.json"

# What all tests use: the image as a file, or why there is none.
setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export image=$BATS_FILE_TMPDIR/image.tar reason=$BATS_FILE_TMPDIR/reason
	build_image >"$BATS_FILE_TMPDIR/build.log" 2>&1 ||
		[ -s "$reason" ] || {
		tail -n 40 "$BATS_FILE_TMPDIR/build.log"
		return 1
	}
}

cannot() {
	echo "$*" >"$reason"
	return 1
}

# A podman that keeps all it has in the cache folder.
build_image() {
	local need cache suite

	[ "$(id -u)" = 0 ] || cannot "needs root" || return
	for need in podman/podman mmdebstrap/mmdebstrap newuidmap/uidmap \
	    slirp4netns/slirp4netns; do
		command -v "${need%/*}" >/dev/null ||
			cannot "needs ${need%/*}; apt-get install ${need#*/}" ||
			return
	done
	python3 -c 'import yaml' || cannot "apt-get install python3-yaml" ||
		return
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/replaylab-containers
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9
	cat >"$cache/storage.conf" <<-END
	[storage]
	driver = "overlay"
	graphroot = "$cache/root"
	runroot = "$cache/run"
	END
	cat >"$cache/containers.conf" <<-END
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	lock_type = "file"
	tmp_dir = "$cache/tmp"
	$(command -v runc >/dev/null && echo 'runtime = "runc"')
	[containers]
	default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
	END
	export CONTAINERS_STORAGE_CONF=$cache/storage.conf
	export CONTAINERS_CONF=$cache/containers.conf
	if ! podman image exists "localhost/debian:$suite"; then
		# In memory if it can be: it writes much, and waits for disks.
		TMPDIR=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp) \
		    mmdebstrap --variant=minbase "$suite" \
		    "$BATS_FILE_TMPDIR/base.tar" ||
			cannot "mmdebstrap makes no Debian $suite here: $(tail \
			    -n 1 "$BATS_FILE_TMPDIR/build.log")" || return
		podman import "$BATS_FILE_TMPDIR/base.tar" \
		    "localhost/debian:$suite"
		rm "$BATS_FILE_TMPDIR/base.tar"
	fi
	podman run --rm --network none "localhost/debian:$suite" true ||
		cannot "podman starts no container here: $(podman run --rm \
		    --network none "localhost/debian:$suite" true 2>&1 |
		    tail -n 1)" || return
	# With this machine's packages, and its way to them.
	ENGINE=podman IMAGE=localhost/replaylab containers/build \
	    --network host --volume /etc/apt:/etc/apt:ro \
	    --build-arg BASE="localhost/debian:$suite" || return
	podman save --quiet --output "$image" localhost/replaylab
	podman image prune --force >/dev/null
}

setup() {
	[ ! -s "$reason" ] || skip "$(cat "$reason")"
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# with rootful|rootless COMMAND: in a world with that image and nothing else.
with() {
	run tests/blackbox/helper/podman_world "$1" "$image" "$2"
	echo "$output"
}

@test "the image is small, one layer, without user root or setuid programs" {
	with rootful '
		podman inspect replaylab --format \
		    "{{.Size}} {{len .RootFS.Layers}} {{.Config.User}}"
		root=$(podman image mount replaylab)
		find "$root" -perm /6000 -type f
		cd "$root/var" && ! find cache log lib/apt -type f 2>&1 |
		    grep -v "No such file"'
	[ "$status" -eq 0 ]
	read -r size layers user <<<"$output"
	[ "$size" -lt 60000000 ]
	[ "$layers $user" = "1 student" ]
}

@test "its bill of materials names every package that is in it, as it is" {
	at=$BATS_TEST_TMPDIR
	with rootful "
		path=\$(podman inspect replaylab --format \
		    '{{index .Config.Labels \"replaylab.sbom\"}}')
		podman run --rm --entrypoint cat replaylab \$path >$at/sbom
		dpkg-query --admindir=\$(podman image mount replaylab)/var/lib/dpkg \
		    -W -f '\${Package} \${Version}\n' >$at/held
		podman run --rm --entrypoint cat replaylab \
		    /usr/share/replaylab/containers/seccomp.json >$at/seccomp"
	[ "$status" -eq 0 ]
	cmp "$at/seccomp" containers/seccomp.json
	python3 - "$at" <<-'END'
	import json, sys
	bom = json.load(open(sys.argv[1] + "/sbom"))
	assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.5")
	listed = {(c["name"], c["version"]) for c in bom["components"]
	          if c["type"] == "library"}
	held = {tuple(line.split()) for line in open(sys.argv[1] + "/held")}
	assert len(held) > 20 and held <= listed, held - listed
	# Compiled in, where Debian has no library of it.
	assert {name for name, _ in listed - held} <= {"node-llhttp"}
	refs = {c["bom-ref"] for c in bom["components"]} | {"image"}
	assert len(refs) == len(bom["components"]) + 1
	for d in bom["dependencies"]:
	    assert {d["ref"], *d["dependsOn"]} <= refs, d
	END
}

# plays KIND: stories of each kind, and the exit status of one that is not
# as it says.
plays() {
	with "$1" "podman run $confined replaylab run N1 N3 S6.+0s R1.tls13 \
	    R4.tls13 Z1 D1.tls12-gcm"
	[ "$status" -eq 0 ]
	[[ $output == *"7 as expected, 0 not, 0 skipped"* ]]
}

@test "the whole lab plays in one container without rights, as root" {
	plays rootful
}

@test "the same as a user" {
	plays rootless
}

@test "containers/run plays and brings the evidence home" {
	with rootless "
		containers/run run N1
		ls -l runs/latest/N1/
		podman ps --all --quiet"
	[ "$status" -eq 0 ]
	[[ $output == *"1 as expected"*witness.pcapng* ]]
	[[ ${lines[-1]} == *witness.pcapng ]]
}

@test "ended by a signal, containers/run leaves no container" {
	with rootless '
		containers/run shell client -- sleep infinity &
		until podman ps --quiet | grep -q .; do kill -0 $!; done
		kill -TERM $!
		wait $! || echo "exit $?"
		podman ps --all --quiet'
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "exit 143" ]
}

# Built with this machine's packages, as the image is; run without network.
@test "the image of exported hosts has the switch that its script asks for" {
	at=$BATS_TEST_TMPDIR/exported image=localhost/replaylab
	base=$(podman inspect "$image" --format \
	    '{{index .Config.Labels "org.opencontainers.image.base.name"}}')
	"${B:-build}/bin/replaylab" export --image "$image" containerlab "$at"
	podman build --quiet --layers=false --network host \
	    --volume /etc/apt:/etc/apt:ro --build-arg BASE="$base" \
	    --tag "$image-host" --file "$at/Containerfile" "$at"
	run podman run --rm --network none --cap-add NET_ADMIN \
	    --volume "$at/lab:/run/lab:ro" "$image-host" bash -c '
		sh /run/lab/start/outer 2>/dev/null
		cat /sys/class/net/switch/bridge/multicast_snooping
		tcpdump --version 2>&1 | head -n 1
		victim-client --version | head -n 1'
	echo "$output"
	podman image rm "$image-host"
	[ "$status" -eq 0 ]
	[ "${lines[-3]}" = 0 ]
	[[ ${lines[-2]} == tcpdump* && ${lines[-1]} == victim-client* ]]
}

@test "the shell is on a host of the lab, confined, and reads no other network" {
	with rootless "podman run $confined replaylab shell attacker -- sh -c '
		hostname; grep -E \"^(CapBnd|NoNewPrivs|Seccomp):\" /proc/1/status
		ip -o link | cut -d: -f2; ip route'"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = attacker ]
	grep -qP '^CapBnd:\t0+$' <<<"$output"
	grep -qP '^NoNewPrivs:\t1$' <<<"$output"
	grep -qP '^Seccomp:\t2$' <<<"$output"
	! grep -q '^default' <<<"$output" || false
}

# One container for each host; the attacker stands between gateway and
# balancer, keeps what passes, and sends the first transfer again.
repeated='
	helper/compose containers/compose.yaml lab
	on() { host=$1; shift; podman exec "lab-$host" "$@"; }
	transfer() {
		on client victim-client transfer --from alice --to bob \
		    --amount 100 --id "$1"
	}
	# said WORD PROCESS: wait for the event; it comes, or the process ends.
	said() {
		until on attacker grep -qs "$1" "/tmp/$2"; do
			kill -0 "$3" || exit 9
		done
	}
	transfer t-0
	on attacker sh -c "REPLAYLAB_EVENTS=/tmp/relay exec attacker relay \
	    --between gateway,balancer --until \"1 request\"" &
	said ready relay $!
	on attacker sh -c "REPLAYLAB_EVENTS=/tmp/record exec attacker record \
	    --on inner --until \"1 request\"" &
	said ready record $!
	transfer t-1
	wait
	on attacker attacker replay --request 1 --to balancer || echo "exit $?"
	transfer t-2
	for backend in backend1 backend2; do
		podman logs "lab-$backend" | grep "\"id\":\"t-1\"" || :
	done'

@test "one container for each host, as a user: a copy is refused" {
	with rootless "$repeated"
	[ "$status" -eq 0 ]
	for id in t-0 t-1 t-2; do
		grep -q "^$id: 100 from alice to bob: accepted" <<<"$output"
	done
	[ "$(grep -c '"verdict":"accepted"' <<<"$output")" -eq 1 ]
	[ "$(grep -c '"verdict":"replayed"' <<<"$output")" -eq 1 ]
}

@test "the same as root without the checks: the money moves twice" {
	export USERNS=auto CHECK=none
	with rootful "$repeated"
	[ "$status" -eq 0 ]
	[ "$(grep -c '"verdict":"accepted"' <<<"$output")" -eq 2 ]
}

# As root the networks' bridges are the machine's.  It has a name service and a
# server on all its addresses, and tells who asked or called.
outwards='
	heard() {
		exec python3 -c "
import select, socket
names = socket.socket(type=socket.SOCK_DGRAM)
names.bind((\"127.0.0.53\", 53))
server = socket.create_server((\"\", 2222), family=socket.AF_INET6,
    dualstack_ipv6=True)
print(\"listens\", flush=True)
while True:
    for ready in select.select([names, server], [], [])[0]:
        if ready is names:
            print(\"asked\", names.recv(512)[13:19], flush=True)
        else:
            with server.accept()[0]:
                print(\"called\", flush=True)
"
	}
	echo nameserver 127.0.0.53 >resolv.conf
	mount --bind resolv.conf "$(realpath /etc/resolv.conf)"
	heard >heard &
	until grep -qs listens heard; do kill -0 $!; done
	helper/compose compose.yaml lab
	bridge=$(podman network inspect -f "{{.NetworkInterface}}" lab-outer)
	at=$(ip -o -6 address show "$bridge" | sed "s/.*inet6 //; s/\/.*//")
	podman exec lab-attacker bash -c "
		busybox nslookup secret.example 198.51.100.1
		cat </dev/tcp/198.51.100.1/2222
		cat </dev/tcp/$at%outer/2222
		echo tried $at" || :
	cat heard'

@test "there is no way out: no name service, and the machine is not there" {
	export USERNS=auto
	with rootful "cp containers/compose.yaml . $outwards"
	[ "$status" -eq 0 ]
	[[ $output == *tried\ fe80*listens* ]]
	[[ $output != *asked* && $output != *called* ]]
}

@test "that test hears them where name service and IPv6 are left to podman" {
	export USERNS=auto
	with rootful "grep -v -e disable_dns -e disable_ipv6 \
	    containers/compose.yaml >compose.yaml $outwards"
	[ "$status" -eq 0 ]
	[[ $output == *"asked b'secret'"* ]]
	[ "$(grep -c called <<<"$output")" -eq 2 ]
}

@test "there the attacker refuses where the user namespace is the machine's" {
	with rootful '
		helper/compose containers/compose.yaml lab
		podman exec lab-attacker attacker record --on inner || echo "exit $?"
		podman exec --user student lab-attacker attacker record --on inner ||
			echo "exit $?"'
	[ "$status" -eq 0 ]
	[ "$(grep -c 'this is the machine itself' <<<"$output")" -eq 2 ]
	[ "$(grep -c 'exit 5' <<<"$output")" -eq 2 ]
}
