/* SPDX-License-Identifier: MIT */
/* One session in a PEM file. */
#include "session_file.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session_file {
	char *path;
	SSL_SESSION *session; /* NULL: none */
};

/* Beside it and then into its place: a reader finds one or the other. */
static int
write_beside(const char *beside, SSL_SESSION *session)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w");
	bool good;

	if (file == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	good = PEM_write_SSL_SESSION(file, session) == 1;
	return fclose(file) == 0 && good ? 0 : -1;
}

/* Called by OpenSSL; 1: the session is ours now. */
static int
keep(SSL *ssl, SSL_SESSION *session)
{
	struct session_file *f = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	char beside[4096];

	SSL_SESSION_free(f->session);
	f->session = session;
	snprintf(beside, sizeof(beside), "%s.new", f->path);
	if (write_beside(beside, session) == -1 ||
	    rename(beside, f->path) == -1)
		warn("session %s", f->path);
	return 1;
}

static int
load(struct session_file *f)
{
	FILE *file = fopen(f->path, "re");

	if (file == NULL && errno == ENOENT)
		return 0;
	if (file == NULL) {
		warn("session %s", f->path);
		return -1;
	}
	f->session = PEM_read_SSL_SESSION(file, NULL, NULL, NULL);
	fclose(file);
	ERR_clear_error();
	if (f->session == NULL)
		warnx("session %s: there is no TLS session in it; remove it to "
		      "begin without one",
		    f->path);
	return f->session == NULL ? -1 : 0;
}

struct session_file *
session_file_open(SSL_CTX *ctx, const char *path)
{
	struct session_file *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->path = strdup(path)) == NULL) {
		warn("session %s", path);
		session_file_close(f);
		return NULL;
	}
	if (load(f) == -1) {
		session_file_close(f);
		return NULL;
	}
	SSL_CTX_set_session_cache_mode(
	    ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
	SSL_CTX_set_app_data(ctx, f);
	SSL_CTX_sess_set_new_cb(ctx, keep);
	return f;
}

void
session_file_close(struct session_file *f)
{
	if (f == NULL)
		return;
	SSL_SESSION_free(f->session);
	free(f->path);
	free(f);
}

bool
session_file_holds(const struct session_file *f)
{
	return f->session != NULL;
}

void
session_file_offer(struct session_file *f, SSL *ssl)
{
	if (f->session != NULL)
		SSL_set_session(ssl, f->session);
}

void
session_file_spend(struct session_file *f)
{
	if (f->session == NULL ||
	    SSL_SESSION_get_protocol_version(f->session) != TLS1_3_VERSION)
		return;
	SSL_SESSION_free(f->session);
	f->session = NULL;
	unlink(f->path);
}
