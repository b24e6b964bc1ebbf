/* SPDX-License-Identifier: MIT */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include "buffer.h"
#include "fingerprint.h"

/*
 * One HTTP/1.1 message, whole: start line, header fields, content.
 *
 * Parsing is llhttp's; what we accept of it is our policy (RFC 9110, RFC 9112):
 * one Host exactly in a request, never Content-Length with Transfer-Encoding,
 * no obs-fold, no NUL, CR or LF in a field value, only chunked as coding, and
 * the limits below.  Every refusal has a name.
 *
 *	http_reader_new -> http_reader_feed ... -> http_reader_free
 *
 * Chunked content comes out decoded; trailer fields and interim responses (1xx)
 * are read and dropped.
 */

#define HTTP_HEAD_MAX 16384 /* start line and header section, bytes */
#define HTTP_FIELDS_MAX 64
#define HTTP_CONTENT_MAX 65536 /* bytes */

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

struct http_field {
	struct bytes name;  /* as sent; compare without case */
	struct bytes value; /* without surrounding white space */
};

/* Windows point into the reader's storage and live until its next feed. */
struct http_message {
	enum http_kind kind;
	struct bytes method; /* requests */
	struct bytes target; /* requests, origin-form, as sent */
	int status;          /* responses */
	int minor;           /* of the version HTTP/1.x */
	bool secure;         /* it came by TLS: see http_reader_secure */
	struct http_field fields[HTTP_FIELDS_MAX];
	size_t field_count;
	struct bytes content;
	bool keep_alive; /* may the connection be used again? */
};

/* Every way a message can come out. */
enum http_verdict {
	HTTP_COMPLETE,            /* *message is set */
	HTTP_PARTIAL,             /* all input consumed, come back with more */
	HTTP_MALFORMED,           /* llhttp refused the syntax, or the method */
	HTTP_HOST_MISSING,        /* RFC 9112 section 3.2 */
	HTTP_HOST_REPEATED,       /* RFC 9112 section 3.2 */
	HTTP_LENGTH_AND_CODING,   /* RFC 9112 section 6.1 */
	HTTP_LENGTH_REPEATED,     /* RFC 9110 section 8.6 */
	HTTP_CODING_UNKNOWN,      /* RFC 9112 section 6.1 */
	HTTP_FIELD_FOLDED,        /* RFC 9112 section 5.2 */
	HTTP_FIELD_BAD_OCTET,     /* RFC 9110 section 5.5 */
	HTTP_TARGET_UNSUPPORTED,  /* not origin-form: see below */
	HTTP_VERSION_UNSUPPORTED, /* not HTTP/1.1 or HTTP/1.0 response */
	HTTP_UPGRADE_UNSUPPORTED,
	HTTP_HEAD_TOO_LARGE,
	HTTP_CONTENT_TOO_LARGE,
};

/*
 * Where that is stricter than RFC 9112: the absolute-form of a target (3.2.2)
 * is refused, since a hop would have to write it anew and would so break every
 * signature over @request-target, which is the target as sent (RFC 9421 2.2.5).
 * HTTP/1.0 requests are refused: their Host is optional and their connections
 * end otherwise, and nobody in a lab sends them.  A method that llhttp does not
 * know is malformed, so no request with one is there to be answered with 501.
 */

/* The verdict as a word of the event log, such as "host-repeated". */
const char *http_verdict_name(enum http_verdict verdict);

/* The status a server answers a refusal with: 400, 413, 431, 501 or 505. */
int http_verdict_status(enum http_verdict verdict);

struct http_reader;
struct http_reader *http_reader_new(enum http_kind kind); /* never NULL */
void http_reader_free(struct http_reader *r);             /* NULL is allowed */

/*
 * Read on.  Consumes from *in what belongs to the message, so what stands after
 * a complete message is left in *in (pipelining).  The feed after a complete
 * message begins the next one.  After a refusal only http_reader_free is left.
 */
enum http_verdict http_reader_feed(struct http_reader *r, struct bytes *in,
    const struct http_message **message);

/*
 * After PARTIAL: the client wants to hear 100 (Continue) before it sends any
 * content (RFC 9110 section 10.1.1).  True once for each request.
 */
bool http_reader_take_expectation(struct http_reader *r);

/*
 * The next response answers HEAD: it has no content, whatever it announces
 * (RFC 9112 section 6.3).
 */
void http_reader_no_content(struct http_reader *r);

/*
 * All that is read here comes by TLS, so the scheme of its target URI is https
 * (RFC 9110 section 4.2.2).
 */
void http_reader_secure(struct http_reader *r);

/*
 * The peer closed.  HTTP_COMPLETE if a response whose content ends with the
 * connection is now whole, HTTP_PARTIAL if nothing was begun, else
 * HTTP_MALFORMED.
 */
enum http_verdict http_reader_end(
    struct http_reader *r, const struct http_message **message);

/*
 * The first field of that name, or NULL; *count (may be NULL) says how many
 * there are.
 */
const struct http_field *http_field(
    const struct http_message *m, const char *name, size_t *count);

/* The value of the field of that name, which must be there once. */
bool http_only_field(
    const struct http_message *m, const char *name, struct bytes *value);

/* The path and the query of the target; the query without its "?". */
struct bytes http_path(const struct http_message *m);
struct bytes http_query(const struct http_message *m);

/*
 * Write a message: the start line, its fields less the hop-by-hop ones (RFC
 * 9110 section 7.6.1, those that Connection names too, but never Host or
 * Early-Data) and Expect, which was met where the message was read whole, one
 * right Content-Length (RFC 9110 section 8.6 says where there is none), and the
 * content.  Parsing what this writes gives the same message.
 */
void http_write(struct buffer *out, const struct http_message *m);

/* A request with one field more, behind its own; field NULL: http_write. */
void http_write_request(struct buffer *out, const struct http_message *m,
    const struct http_field *field);

/*
 * The same with a response that a server passes on.  To HEAD: the length that
 * was announced and no content.  Last: with Connection: close.
 */
void http_write_answer(
    struct buffer *out, const struct http_message *m, bool to_head, bool last);

/* A message, field by field; text is copied, free with http_draft_clear. */
struct http_draft {
	struct buffer head; /* start line and fields, CRLF ended */
	struct buffer content;
	bool length_optional; /* no content: no Content-Length */
};
/* Texts go out as they are: a client of the lab may write nonsense. */
void http_draft_request(struct http_draft *d, const char *method,
    const char *target, const char *host);
/* What http_write would write, to go on from. */
void http_draft_copy(struct http_draft *d, const struct http_message *request);
void http_draft_response(struct http_draft *d, int status);
void http_draft_field(
    struct http_draft *d, const char *name, const char *value);
void http_draft_content(
    struct http_draft *d, const char *media_type, struct bytes content);
/* Append the finished message (with Content-Length) to out. */
void http_draft_write(const struct http_draft *d, struct buffer *out);
void http_draft_clear(struct http_draft *d);

/* The reason phrase of a status the lab uses, else "". */
const char *http_reason(int status);

/*
 * Same request, wherever it turns up: a hash over method, target,
 * Signature-Input, Signature and content, which no honest hop changes.
 */
void http_request_fingerprint(
    const struct http_message *m, char into[FINGERPRINT_SIZE]);

#endif
