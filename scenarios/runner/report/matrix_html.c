/* SPDX-License-Identifier: MIT */
/* The matrix as a page: no script, no request to anybody. */
#include "matrix.h"

#include "html.h"

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fbfbfa;--ink:#1d2430;"
    "--soft:#56606e;--line:#d9dde3;--good:#14683c;--bad:#ab1f3a;"
    "--link:#0b57a8;--wash:#f1f3f6}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#13171d;--ink:#e4e8ee;"
    "--soft:#a4afbd;--line:#343d4a;--good:#6fd39b;--bad:#ff8c9f;"
    "--link:#84bdff;--wash:#222a34}}\n"
    "body{margin:0 auto;max-width:1200px;padding:24px;background:var(--bg);"
    "color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem}\n"
    "p{max-width:46em}.soft{color:var(--soft)}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;padding-bottom:8px;color:var(--soft)}\n"
    "th,td{text-align:left;padding:8px 14px 8px 0;"
    "border-bottom:1px solid var(--line)}\n"
    "tbody tr:hover{background:var(--wash)}\n"
    "td a{display:inline-block;min-width:24px;min-height:24px}\n"
    "a{color:var(--link)}a:focus-visible,.wide:focus-visible{outline:3px "
    "solid var(--link);outline-offset:2px}\n"
    ".again a,.late a{color:var(--bad);font-weight:700}"
    ".nothing-more a{color:var(--good)}\n"
    ".differs{outline:2px dashed var(--bad);outline-offset:-3px}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}"
    "dt{font-weight:600}dd{margin:0}\n";

static void
put_head(struct buffer *out)
{
	html_printf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
			 "<meta charset=\"utf-8\">"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; style-src ");
	html_hash(out, style);
	html_printf(out, "; base-uri 'none'; form-action 'none'\">"
			 "<meta name=\"viewport\" content=\"width=device-width,"
			 "initial-scale=1\"><meta name=\"referrer\" "
			 "content=\"no-referrer\">"
			 "<title>Attacks and defences</title>\n<style>");
	buffer_add_text(out, style);
	html_printf(out, "</style></head>\n<body><main>"
			 "<h1>Attacks and defences</h1>");
}

static void
put_cell(struct buffer *out, const struct matrix_cell *c, const char *way)
{
	char words[MATRIX_CELL_WORDS];
	struct buffer path = {0};

	if (*c->name == '\0') {
		html_printf(out, "<td>?</td>");
		return;
	}
	buffer_printf(&path, "%s/%s/", way, c->name);
	html_printf(out, "<td class=\"%s%s\"><a href=\"",
	    matrix_effect_name(c->effect), c->differs ? " differs" : "");
	html_reference(out, buffer_text(&path));
	html_printf(out, "\">%s</a>", matrix_cell_words(c, words));
	html_printf(out, "</td>");
	buffer_clear(&path);
}

void
matrix_table_html(struct buffer *out, const struct matrix *m, const char *way)
{
	html_printf(out,
	    "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"The table\"><table><caption>How often the transfer "
	    "took effect beyond the honest once; each cell leads to its "
	    "evidence</caption><thead><tr><th scope=\"col\">attack</th>");
	for (size_t c = 0; c < matrix_column_count(m); c++)
		html_printf(
		    out, "<th scope=\"col\">%s</th>", matrix_column(m, c));
	html_printf(out, "</tr></thead><tbody>\n");
	for (size_t r = 0; r < m->row_count; r++) {
		html_printf(out, "<tr><th scope=\"row\">%s %s</th>",
		    m->rows[r].scenario->id, m->rows[r].scenario->title);
		for (size_t c = 0; c < matrix_column_count(m); c++)
			put_cell(out, &m->rows[r].cells[c], way);
		html_printf(out, "</tr>\n");
	}
	html_printf(out, "</tbody></table></div>\n");
}

static void
put_legend(struct buffer *out, const struct matrix *m)
{
	html_printf(out,
	    "<h2>Cells</h2><dl><dt>0</dt><dd>no more often than the honest "
	    "once</dd><dt>+1</dt><dd>once more than that</dd><dt>late</dt>"
	    "<dd>once, after its sender had given up waiting</dd><dt>r1</dt>"
	    "<dd>and one honest request was refused</dd><dt>*</dt><dd>not what "
	    "the story expects</dd></dl>\n<h2>Defences</h2><dl>");
	for (size_t c = 0; c < matrix_column_count(m); c++)
		html_printf(out, "<dt>%s</dt><dd>%s</dd>", matrix_column(m, c),
		    matrix_defence(matrix_column(m, c)));
	html_printf(out, "</dl>\n<h2>Attacks</h2><dl>");
	for (size_t r = 0; r < m->row_count; r++) {
		const struct scenario *s = m->rows[r].scenario;

		html_printf(out, "<dt>%s</dt><dd>", s->id);
		for (size_t i = 0; i < s->story_count; i++)
			html_printf(out, "%s ", s->story[i]);
		html_printf(
		    out, "<span class=\"soft\">%s</span></dd>\n", s->clause);
	}
	html_printf(out, "</dl>\n");
}

static void
put_differing(struct buffer *out, const struct matrix *m)
{
	size_t count = matrix_differing(m);

	if (count == 0) {
		html_printf(
		    out, "<p>Every cell is what its story expects.</p>\n");
		return;
	}
	html_printf(out,
	    "<p>%zu cells are not what their stories expect:</p><ul>", count);
	for (size_t r = 0; r < m->row_count; r++)
		for (size_t c = 0; c < matrix_column_count(m); c++)
			if (m->rows[r].cells[c].differs)
				html_printf(out, "<li>%s: %s</li>",
				    m->rows[r].cells[c].name,
				    m->rows[r].cells[c].reason);
	html_printf(out, "</ul>\n");
}

void
matrix_html(const struct matrix *m, const char *way, struct buffer *out)
{
	put_head(out);
	html_printf(out,
	    "<p>Every row is an attack on the plain HTTP behind the gateway, "
	    "every column a backend's defence. Each cell was played, and "
	    "counted in the victims' ledgers.</p>\n");
	put_differing(out, m);
	matrix_table_html(out, m, way);
	put_legend(out, m);
	html_printf(out, "</main></body></html>\n");
}
