/* See page.h.  What is shown may be written by anybody: characters that HTML heeds are escaped, those
 * that are not seen become dots, and the page forbids itself scripts and everything from outside. */
#include "posix.h"

#include "output.h"
#include "page.h"
#include "utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_WIDTH = 12, BAR_HEIGHT = 80, HEX_COLUMNS = 16 };

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n"
    ":root{--ink:#1c2430;--paper:#fdfdfc;--line:#d5d9df;--0:#eef3fa;--1:#d5e5f7;--2:#b9dfe3;"
    "--3:#c4e8b4;--4:#f3e691;--5:#f8c778;--6:#f39667;--7:#e0605c}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e3e6ea;--paper:#14181d;--line:#39414c;"
    "--0:#18222e;--1:#1a3652;--2:#17535b;--3:#2c673c;--4:#756a1f;--5:#8f5e1d;--6:#a3482c;"
    "--7:#b92f33}}\n"
    "body{margin:2em auto;max-width:60em;padding:0 1em;font:15px/1.45 system-ui,sans-serif;"
    "color:var(--ink);background:var(--paper)}\n"
    "h1{font-size:1.5em;overflow-wrap:anywhere}h2{font-size:1.15em;margin:1.6em 0 .4em}\n"
    "table{border-collapse:collapse}td,th{padding:.15em .7em;border-bottom:1px solid var(--line);"
    "text-align:right;font-variant-numeric:tabular-nums}\n"
    "td:first-child,th:first-child,td.t,th.t{text-align:left}\n"
    "svg{width:100%;height:auto}\n"
    "pre{font:13px/1.6 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "i{font-style:normal}.h0{background:var(--0);fill:var(--0)}.h1{background:var(--1);"
    "fill:var(--1)}.h2{background:var(--2);fill:var(--2)}.h3{background:var(--3);fill:var(--3)}"
    ".h4{background:var(--4);fill:var(--4)}.h5{background:var(--5);fill:var(--5)}"
    ".h6{background:var(--6);fill:var(--6)}.h7{background:var(--7);fill:var(--7)}\n";

static void write_escaped(FILE *page, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", page);
            break;
        case '<':
            fputs("&lt;", page);
            break;
        case '>':
            fputs("&gt;", page);
            break;
        case '"':
            fputs("&quot;", page);
            break;
        case '\'':
            fputs("&#39;", page);
            break;
        default:
            putc(*text, page);
        }
    }
}

/* A name from outside: what is no UTF-8 or is not seen becomes a dot. */
static void write_name(FILE *page, const char *name)
{
    const unsigned char *at = (const unsigned char *)name;

    while (*at != '\0') {
        char text[5] = ".";
        uint32_t value;
        unsigned len = utf8_take(&value, at, SIZE_MAX); /* the final zero ends it */

        if (len > 0 && utf8_is_shown(value))
            memcpy(text, at, len);
        write_escaped(page, text);
        at += len > 0 ? len : 1;
    }
}

static void write_rows(FILE *page, const struct findings *findings, const char *what,
                       const struct finding *rows, unsigned n)
{
    double packed_bits = 8 * (double)findings->sum.packed_len;

    fprintf(page,
            "<h2>By %s</h2>\n<table><tr><th>%s<th>bytes<th>of bytes<th>bits<th>of bits<th>bits a "
            "byte</tr>\n",
            what, what);
    for (unsigned i = 0; i < n; i++)
        if (rows[i].bytes > 0)
            fprintf(page, "<tr><td>%s<td>%" PRIu64 "<td>%.1f %%<td>%.0f<td>%.1f %%<td>%.3f</tr>\n",
                    rows[i].name, rows[i].bytes,
                    100 * (double)rows[i].bytes / (double)findings->len,
                    findings_bits(rows[i].cost), 100 * findings_bits(rows[i].cost) / packed_bits,
                    findings_rate(rows[i].cost, rows[i].bytes));
    fputs("</table>\n", page);
}

static void write_predictors(FILE *page, const struct findings *findings)
{
    double bits = (double)findings->sum.bits;

    fputs("<h2>By predictor</h2>\n<table><tr><th>predictor<th>push<th>led<th>misled<th "
          "class=\"t\">what it is</tr>\n",
          page);
    for (unsigned i = 0; i < findings->n_order; i++) {
        const pith_component *component = pith_component_at(findings->order[i]);
        const pith_component_share *share = &findings->sum.shares[findings->order[i]];

        fprintf(page, "<tr><td>%s<td>%.1f %%<td>%.1f %%<td>%.1f %%<td class=\"t\">%s</tr>\n",
                component->name, 100 * (double)share->pushed / findings->pushed,
                100 * (double)share->led / bits, 100 * (double)share->misled / bits,
                component->text);
    }
    fputs("</table>\n", page);
}

/* One bar for each part of the input; the highest fills the height. */
static void write_bars(FILE *page, const struct findings *findings)
{
    double highest = 0;

    for (unsigned i = 0; i < findings->n_along; i++) {
        double rate = findings_rate(findings->along[i].cost, findings->along[i].bytes);

        highest = rate > highest ? rate : highest;
    }
    fprintf(page, "<h2>Along the input</h2>\n<svg viewBox=\"0 0 %u %d\" role=\"img\">\n",
            BAR_WIDTH * findings->n_along, BAR_HEIGHT);
    for (unsigned i = 0; i < findings->n_along; i++) {
        const struct finding *part = &findings->along[i];
        double rate = findings_rate(part->cost, part->bytes);
        double height = highest > 0 ? 2 + (BAR_HEIGHT - 2) * rate / highest : 2;

        fprintf(page,
                "<rect class=\"h%u\" x=\"%u\" y=\"%.1f\" width=\"%d\" height=\"%.1f\">"
                "<title>%.3f bits a byte</title></rect>\n",
                findings_heat(part->cost, part->bytes), BAR_WIDTH * i, BAR_HEIGHT - height,
                BAR_WIDTH - 1, height, rate);
    }
    fputs("</svg>\n<p>Bits a byte: ", page);
    for (unsigned heat = 0; heat < N_HEATS; heat++) {
        fprintf(page, "<i class=\"h%u\">&nbsp;", heat);
        write_escaped(page, findings_heat_names[heat]);
        fputs("&nbsp;</i> ", page);
    }
    fputs("</p>\n", page);
}

/* Tooltips name bytes that cannot be seen. */
static size_t write_character(FILE *page, const struct findings *findings, size_t at)
{
    uint64_t cost;
    char text[5];
    size_t len = findings_character(findings, at, &cost, text);
    unsigned char byte = findings->data[at];

    fprintf(page, "<i class=\"h%u\" title=\"", findings_heat(cost, len));
    if (len == 1 && text[0] != (char)byte)
        fprintf(page, "0x%02x: ", (unsigned)byte);
    fprintf(page, "%.2f bits\">", findings_bits(cost));
    write_escaped(page, text);
    fputs(byte == '\n' ? "</i>\n" : "</i>", page);
    return len;
}

static void write_hex(FILE *page, const struct findings *findings, size_t at)
{
    if (at % HEX_COLUMNS == 0)
        fprintf(page, "%08zx  ", at);
    fprintf(page, "<i class=\"h%u\" title=\"%.2f bits\">%02x</i>%s",
            findings_heat(findings->costs[at], 1), findings_bits(findings->costs[at]),
            (unsigned)findings->data[at], at % HEX_COLUMNS == HEX_COLUMNS - 1 ? "\n" : " ");
}

static void write_map(FILE *page, const struct findings *findings)
{
    bool is_text = findings->map_text_len * 2 >= findings->map_len;

    fputs("<h2>Byte by byte</h2>\n<pre>", page);
    for (size_t at = 0; at < findings->map_len;) {
        if (is_text)
            at += write_character(page, findings, at);
        else
            write_hex(page, findings, at++);
    }
    fputs("</pre>\n", page);
    if (findings->map_len < findings->len)
        fprintf(page, "<p>The first %zu of %zu bytes; <code>--map=SIZE</code> shows more.</p>\n",
                findings->map_len, findings->len);
}

static void write_page(FILE *page, const struct findings *findings)
{
    const pith_explanation *sum = &findings->sum;

    fputs(head, page);
    fputs("</style>\n<title>", page);
    write_name(page, findings->label);
    fputs(": where the bits go</title>\n</head>\n<body>\n<h1>", page);
    write_name(page, findings->label);
    fprintf(page,
            "</h1>\n<p>%" PRIu64 " bytes, packed %" PRIu64
            " at level %d: <b>%.3f bits a byte</b>. Headers and tables take %.0f bits.</p>\n",
            sum->raw_len, sum->packed_len, sum->level,
            findings_rate(sum->packed_len * 8 * 256, sum->raw_len),
            findings_bits(findings_overhead(findings)));
    if (findings->len > 0) {
        write_bars(page, findings);
        write_rows(page, findings, "kind of data", findings->kinds, findings->n_kinds);
        write_rows(page, findings, "class of bytes", findings->classes, N_CLASSES);
        write_predictors(page, findings);
        write_map(page, findings);
    }
    fprintf(page, "<p>Made by pith %s.</p>\n</body>\n</html>\n", pith_version());
}

/* The page is not the source's: it has times and permissions of its own. */
static enum code put_out(const char *text, size_t len, const struct settings *settings,
                         const struct source *source)
{
    const struct source none = {.path = NULL};
    struct output output;
    enum code code = output_open(&output, settings->output, source, settings, false);

    if (code != CODE_DONE)
        return code;
    code = output_write(&output, text, len);
    if (code == CODE_DONE)
        code = output_commit(&output, &none, false);
    output_discard(&output);
    return code;
}

enum code page_write(const struct findings *findings, const struct settings *settings,
                     const struct source *source)
{
    char *text = NULL;
    size_t len = 0;
    FILE *page = open_memstream(&text, &len);
    enum code code;

    if (page == NULL)
        return message_errno(findings->label, NULL, errno);
    write_page(page, findings);
    if (ferror(page) | fclose(page))
        code = message_errno(findings->label, NULL, ENOMEM);
    else
        code = put_out(text, len, settings, source);
    free(text);
    return code;
}
