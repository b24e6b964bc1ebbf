/* SPDX-License-Identifier: MIT */
/*
 * What stock servers are told.  No more than a gateway needs, so that all else
 * is as its makers left it: the certificate, one suite, where to forward, and a
 * log that says with whom TLS failed.
 */
#include "stock_config.h"

#include "lab.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Upstream is told whom the client asked, unless nginx is left to itself; and
 * who asked, as nearly everybody has it.
 */
static void
write_nginx_location(
    struct buffer *file, const struct stock *stock, const char *upstream)
{
	buffer_printf(file,
	    "\t\tlocation / {\n\t\t\tproxy_pass http://%s;\n"
	    "\t\t\tproxy_http_version 1.1;\n",
	    upstream);
	if (!stock->default_host)
		buffer_add_text(
		    file, "\t\t\tproxy_set_header Host $http_host;\n");
	buffer_add_text(file,
	    "\t\t\tproxy_set_header X-Forwarded-For "
	    "$proxy_add_x_forwarded_for;\n"
	    "\t\t\tproxy_set_header Connection \"\";\n\t\t}\n\t}\n}\n");
}

/* What the switches do not name is nginx's own default. */
static void
write_nginx_balancer(struct buffer *file, const struct stock *stock)
{
	buffer_add_text(file, "\tupstream backends {\n");
	for (size_t i = 0; i < stock->backends.count; i++)
		buffer_printf(
		    file, "\t\tserver %s:80;\n", stock->backends.item[i]);
	buffer_printf(
	    file, "\t}\n\tserver {\n\t\tlisten %d;\n", STOCK_BALANCER_PORT);
	if (stock->timeout != 0)
		buffer_printf(
		    file, "\t\tproxy_read_timeout %ldms;\n", stock->timeout);
	if (stock->retry_unsafe)
		buffer_add_text(file, "\t\tproxy_next_upstream error timeout "
				      "non_idempotent;\n");
	write_nginx_location(file, stock, "backends");
}

static void
write_nginx_gateway(struct buffer *file, const struct stock *stock)
{
	buffer_printf(file,
	    "\tserver {\n\t\tlisten %d ssl;\n"
	    "\t\tssl_certificate %s;\n\t\tssl_certificate_key %s;\n"
	    "\t\tssl_protocols %s;\n",
	    STOCK_PORT, lab_file("gateway.pem"), lab_file("gateway.pem"),
	    stock->suite->cipher == NULL ? "TLSv1.3" : "TLSv1.2");
	if (stock->suite->cipher != NULL)
		buffer_printf(
		    file, "\t\tssl_ciphers %s;\n", stock->suite->cipher);
	write_nginx_location(file, stock, stock->upstream);
}

/*
 * One process, with the one user id that the lab's namespace has.  The log
 * names a client's port only where a connection is accepted (debug_event).
 */
static void
write_nginx(struct buffer *file, const struct stock *stock, const char *folder)
{
	static const char *const temporary[] = {"client_body_temp_path",
	    "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path",
	    "scgi_temp_path"};

	buffer_printf(file,
	    "daemon off;\nmaster_process off;\nuser root root;\n"
	    "pid %s/pid;\nerror_log stderr debug_event;\nevents {}\n"
	    "http {\n\taccess_log off;\n",
	    folder);
	for (size_t i = 0; i < sizeof(temporary) / sizeof(temporary[0]); i++)
		buffer_printf(
		    file, "\t%s %s/temporary;\n", temporary[i], folder);
	if (stock->backends.count > 0)
		write_nginx_balancer(file, stock);
	else
		write_nginx_gateway(file, stock);
}

/*
 * HAProxy has no timeouts of its own and asks for some.  Whatever else the
 * switches do not name is its default: three more attempts to connect, to the
 * server that was chosen first.
 */
static void
write_haproxy_balancer(struct buffer *file, const struct stock *stock)
{
	buffer_printf(file,
	    "global\n\tlog stderr format raw daemon\n"
	    "defaults\n\tmode http\n\tlog global\n\toption httplog\n"
	    "\toption forwardfor\n"
	    "\ttimeout connect 5s\n\ttimeout client 1m\n"
	    "\ttimeout server %ldms\n",
	    stock->timeout == 0 ? 60000 : stock->timeout);
	if (stock->retry_unsafe)
		buffer_add_text(file, "\tretry-on all-retryable-errors\n");
	if (stock->retry_unsafe || stock->redispatch)
		buffer_add_text(file, "\toption redispatch 1\n");
	buffer_printf(file,
	    "frontend http\n\tbind :%d\n\tdefault_backend backends\n"
	    "backend backends\n\tbalance roundrobin\n",
	    STOCK_BALANCER_PORT);
	for (size_t i = 0; i < stock->backends.count; i++)
		buffer_printf(file, "\tserver %s %s:80\n",
		    stock->backends.item[i], stock->backends.item[i]);
}

/*
 * Both logs: of connections that came to data, and of those that did not.  %ts,
 * how a session ended, makes the first wait for that end.
 */
static void
write_haproxy(
    struct buffer *file, const struct stock *stock, const char *folder)
{
	static const char log[] =
	    "tls %ci:%cp %[fc_err] %[fc_err_str]: %[ssl_fc_err_str] (%ts)";

	(void)folder;
	if (stock->backends.count > 0) {
		write_haproxy_balancer(file, stock);
		return;
	}
	buffer_printf(file,
	    "global\n\tlog stderr format raw daemon\n"
	    "defaults\n\tmode tcp\n\tlog global\n"
	    "\tlog-format \"%s\"\n\terror-log-format \"%s\"\n"
	    "\ttimeout connect 5s\n\ttimeout client 1m\n\ttimeout server 1m\n"
	    "frontend tls\n\tbind :%d ssl crt %s",
	    log, log, STOCK_PORT, lab_file("gateway.pem"));
	if (stock->suite->cipher == NULL)
		buffer_add_text(file, " ssl-min-ver TLSv1.3\n");
	else
		buffer_printf(file,
		    " ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2 ciphers %s\n",
		    stock->suite->cipher);
	buffer_printf(file,
	    "\tdefault_backend upstream\nbackend upstream\n"
	    "\tserver upstream %s:80\n",
	    stock->upstream);
}

/* One server over four TLS libraries: "lighttpd-gnutls". */
static void
write_lighttpd(
    struct buffer *file, const struct stock *stock, const char *folder)
{
	const char *library = strchr(stock->program, '-') + 1;
	const char *version =
	    stock->suite->cipher == NULL ? "TLSv1.3" : "TLSv1.2";

	buffer_printf(file,
	    "server.modules = (\"mod_%s\", \"mod_sockproxy\")\n"
	    "server.document-root = \"%s\"\nserver.port = %d\n"
	    "server.errorlog = \"/dev/stderr\"\n"
	    "debug.log-ssl-noise = \"enable\"\n"
	    "ssl.engine = \"enable\"\nssl.pemfile = \"%s\"\n"
	    "sockproxy.server = (\"\" => ((\"host\" => \"%s\", "
	    "\"port\" => 80)))\n"
	    "ssl.openssl.ssl-conf-cmd = (\"MinProtocol\" => \"%s\", "
	    "\"MaxProtocol\" => \"%s\"",
	    library, folder, STOCK_PORT, lab_file("gateway.pem"),
	    stock->upstream, version, version);
	if (strcmp(library, "gnutls") == 0)
		buffer_printf(file, ", \"gnutls-override\" => \"%s\"",
		    stock->suite->gnutls);
	else if (stock->suite->cipher != NULL)
		buffer_printf(
		    file, ", \"CipherString\" => \"%s\"", stock->suite->cipher);
	buffer_add_text(file, ")\n");
}

#define LIGHTTPD(library)                                                      \
	{                                                                      \
		.word = "lighttpd-" library,                                   \
		.package = "lighttpd-mod-" library,                            \
		.module = "/usr/lib/lighttpd/mod_" library ".so",              \
		.version = {"lighttpd", "-v"},                                 \
		.words = {"lighttpd", "-D", "-f", "FILE"},                     \
		.write = write_lighttpd, .read = stock_words_lighttpd          \
	}

static const struct stock_server servers[] = {
    {"nginx", "nginx-light", NULL, {"nginx", "-v"},
	{"nginx", "-e", "stderr", "-c", "FILE"}, write_nginx,
	stock_words_nginx},
    {"haproxy", "haproxy", NULL, {"haproxy", "-v"},
	{"haproxy", "-db", "-f", "FILE"}, write_haproxy, stock_words_haproxy},
    LIGHTTPD("openssl"),
    LIGHTTPD("gnutls"),
    LIGHTTPD("nss"),
    LIGHTTPD("wolfssl"),
    {"s_server", "openssl", NULL, {"openssl", "version"},
	{"openssl", "s_server", "-4"}, NULL, stock_words_openssl},
};

const struct stock_server *
stock_config_server(const char *word)
{
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (strcmp(servers[i].word, word) == 0)
			return &servers[i];
	warnx("%s is no stock server; there are nginx, haproxy, "
	      "lighttpd-openssl, lighttpd-gnutls, lighttpd-nss, "
	      "lighttpd-wolfssl and s_server",
	    word);
	return NULL;
}

static int
write_file(const struct stock_config *c, const struct stock_server *server)
{
	struct buffer text = {0};
	FILE *file = fopen(c->file, "we");
	bool written;

	server->write(&text, c->stock, c->folder);
	written = file != NULL && fputs(buffer_text(&text), file) != EOF;
	if (file != NULL && fclose(file) == EOF)
		written = false;
	if (!written)
		warn("%s", c->file);
	buffer_clear(&text);
	return written ? 0 : -1;
}

/* s_server takes all from its words. */
static void
add_openssl(struct stock_config *c, size_t n)
{
	const char *pem = lab_file("gateway.pem");
	const char *const words[] = {"-accept", "443", "-cert", pem, "-key",
	    pem, "-quiet", "-state",
	    c->stock->suite->cipher == NULL ? "-tls1_3" : "-tls1_2",
	    c->stock->suite->cipher == NULL ? NULL : "-cipher",
	    c->stock->suite->cipher, NULL};

	for (size_t i = 0; words[i] != NULL; i++)
		c->words[n++] = words[i];
	c->words[n] = NULL;
}

int
stock_config_write(struct stock_config *c, const struct stock_server *server)
{
	char host[64] = "";
	size_t n;

	gethostname(host, sizeof(host) - 1);
	snprintf(c->folder, sizeof(c->folder), "%.4000s/stock-%s", lab_file(""),
	    host);
	snprintf(c->file, sizeof(c->file), "%s/configuration", c->folder);
	for (n = 0; server->words[n] != NULL; n++)
		c->words[n] = strcmp(server->words[n], "FILE") == 0
				  ? c->file
				  : server->words[n];
	c->words[n] = NULL;
	if (server->write == NULL) {
		add_openssl(c, n);
		return 0;
	}
	if (mkdir(c->folder, 0755) == -1 && errno != EEXIST) {
		warn("%s", c->folder);
		return -1;
	}
	return write_file(c, server);
}
