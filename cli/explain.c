/* Tables and JSON of what an input's bits went to; the map is heat.c's, the page page.c's. */
#include "posix.h"

#include "explain.h"
#include "findings.h"
#include "heat.h"
#include "json.h"
#include "page.h"

#include <inttypes.h>
#include <unistd.h>

enum { TERMINAL_MAP_LEN = 4096, PAGE_MAP_LEN = 64 << 10 };

static void print_heading(const char *what, const char *parts)
{
    printf("\n%-20s %8s %14s %8s %14s %8s %10s\n", what, parts, "Bytes", "Share", "Bits", "Share",
           "Bits/byte");
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void print_row(const struct findings *findings, const struct finding *row, bool has_parts)
{
    char parts[24] = "";

    if (row->bytes == 0)
        return;
    if (has_parts)
        snprintf(parts, sizeof parts, "%" PRIu64, row->parts);
    printf("%-20s %8s %14" PRIu64 " %6.1f %% %14.0f %6.1f %% %10.3f\n", row->name, parts,
           row->bytes, percent((double)row->bytes, (double)findings->len), findings_bits(row->cost),
           percent(findings_bits(row->cost), 8 * (double)findings->sum.packed_len),
           findings_rate(row->cost, row->bytes));
}

static void print_predictors(const struct findings *findings)
{
    double bits = (double)findings->sum.bits;

    if (findings->n_order == 0)
        return;
    printf("\n%-20s %8s %8s %8s  %s\n", "Predictor", "Push", "Led", "Misled", "What it is");
    for (unsigned i = 0; i < findings->n_order; i++) {
        const pith_component *component = pith_component_at(findings->order[i]);
        const pith_component_share *share = &findings->sum.shares[findings->order[i]];

        printf("%-20s %6.1f %% %6.1f %% %6.1f %%  %s\n", component->name,
               percent((double)share->pushed, findings->pushed), percent((double)share->led, bits),
               percent((double)share->misled, bits), component->text);
    }
}

static void print_tables(const struct findings *findings)
{
    const pith_explanation *sum = &findings->sum;

    message_print_masked(stdout, findings->label);
    printf(": %" PRIu64 " bytes, packed %" PRIu64 " at level %d, %.3f bits a byte\n", sum->raw_len,
           sum->packed_len, sum->level, findings_rate(sum->packed_len * 8 * 256, sum->raw_len));
    print_heading("Kind of data", "Parts");
    for (unsigned i = 0; i < findings->n_kinds; i++)
        print_row(findings, &findings->kinds[i], true);
    printf("%-20s %8s %14s %8s %14.0f %6.1f %%\n", "headers and tables", "", "", "",
           findings_bits(findings_overhead(findings)),
           percent(findings_bits(findings_overhead(findings)), 8 * (double)sum->packed_len));
    print_heading("Class of bytes", "");
    for (unsigned i = 0; i < N_CLASSES; i++)
        print_row(findings, &findings->classes[i], false);
    print_predictors(findings);
}

static void write_rows(struct json *json, const char *key, const struct finding *rows, unsigned n,
                       bool has_parts)
{
    json_open_array(json, key);
    for (unsigned i = 0; i < n; i++) {
        json_open_object(json, NULL);
        if (rows[i].name != NULL)
            json_text(json, "name", rows[i].name);
        if (has_parts)
            json_uint(json, "parts", rows[i].parts);
        json_uint(json, "bytes", rows[i].bytes);
        json_real(json, "bits", findings_bits(rows[i].cost));
        json_close(json);
    }
    json_close(json);
}

static void write_findings(struct json *json, const struct findings *findings)
{
    const pith_explanation *sum = &findings->sum;

    json_open_object(json, NULL);
    json_text(json, "name", findings->label);
    json_uint(json, "level", (uint64_t)sum->level);
    json_uint(json, "raw_bytes", sum->raw_len);
    json_uint(json, "packed_bytes", sum->packed_len);
    json_uint(json, "payload_bytes", sum->payload_len);
    json_uint(json, "chunks", sum->chunks);
    json_real(json, "bits", findings_bits(sum->cost));
    json_uint(json, "predicted_bits", sum->bits);
    write_rows(json, "kinds", findings->kinds, findings->n_kinds, true);
    write_rows(json, "classes", findings->classes, N_CLASSES, false);
    write_rows(json, "along", findings->along, findings->n_along, false);
    json_open_array(json, "predictors");
    for (unsigned i = 0; i < findings->n_order; i++) {
        const pith_component_share *share = &sum->shares[findings->order[i]];

        json_open_object(json, NULL);
        json_text(json, "name", pith_component_at(findings->order[i])->name);
        json_real(json, "push", (double)share->pushed / findings->pushed);
        json_uint(json, "led_bits", share->led);
        json_uint(json, "misled_bits", share->misled);
        json_close(json);
    }
    json_close(json);
    json_close(json);
}

static size_t map_len(const struct settings *settings)
{
    uint64_t len = settings->html ? PAGE_MAP_LEN : TERMINAL_MAP_LEN;

    if (!settings->html && (settings->json || !heat_is_wanted(settings)))
        return 0;
    if (settings->map_len != 0)
        len = settings->map_len;
    return len < SIZE_MAX / 4 ? (size_t)len : SIZE_MAX / 4;
}

static enum code explain_file(const struct settings *settings, const char *path, struct json *json,
                              bool is_first)
{
    struct findings findings;
    struct whole whole;
    enum code code = whole_open(&whole, path, settings->force);

    if (code != CODE_DONE)
        return code;
    code = findings_make(&findings, settings, &whole, map_len(settings));
    if (code == CODE_DONE) {
        if (settings->html) {
            code = page_write(&findings, settings, &whole.source);
        } else if (settings->json) {
            write_findings(json, &findings);
        } else {
            fputs(is_first ? "" : "\n", stdout);
            print_tables(&findings);
            if (heat_is_wanted(settings))
                heat_print(&findings);
        }
        findings_free(&findings);
    }
    whole_close(&whole);
    return code;
}

enum code explain_files(const struct settings *settings)
{
    enum code code = CODE_DONE;
    struct json json;

    if (settings->json) {
        json_begin(&json, stdout);
        json_open_object(&json, NULL);
        json_open_array(&json, "files");
    }
    for (int i = 0; i < settings->n_files; i++)
        code = code_worse(code, explain_file(settings, settings->files[i], &json, i == 0));
    if (settings->n_files == 0)
        code = explain_file(settings, NULL, &json, true);
    while (settings->json && json.depth > 0)
        json_close(&json);
    return code;
}
