/* See points_kind.h. */
#include "codec/points/points_kind.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/points/lines.h"
#include "coder/bitcode.h"

/* The coordinates.  Returns 0 if there are none, or they have to be float32 of any bits and are not. */
static int find_fields(uint32_t fields[3], const struct pith_columns *columns, int is_firing)
{
    static const enum pith_point_role roles[3] = {PITH_POINT_X, PITH_POINT_Y, PITH_POINT_Z};
    const struct pith_points_layout *layout = columns->layout;

    for (uint32_t axis = 0; axis < 3; axis++) {
        fields[axis] = pith_points_find(layout, roles[axis]);
        if (fields[axis] == layout->n_fields)
            return 0;
        if (is_firing && (!pith_point_is_narrow(layout->fields[fields[axis]].type) ||
                          columns->decimals[fields[axis]] != PITH_POINT_NO_GRID))
            return 0;
    }
    return pith_points_stride(layout) >= PITH_SCAN_STRIDE_MIN;
}

/* Whether the integers are those of the only scanner, which stands. */
static int is_of_block(const struct pith_scan *exact, const struct pith_firing *firing)
{
    return firing->n_blocks == 1 && exact->n_lasers == firing->blocks[0].n_lasers &&
           exact->period == exact->n_lasers && !exact->is_moving && !exact->has_empty &&
           exact->angle_tick > 0 && exact->range_tick > 0;
}

int pith_points_code_scan(struct pith_scan **scan, struct pith_scan *to, struct pith_firing *firing,
                          struct pith_coder *coder)
{
    const struct pith_columns *columns = firing->columns;

    if (pith_bitcode_plain(coder, 1, *scan != NULL)) {
        *scan = to;
        return find_fields(to->fields, columns, 0) && pith_scan_code_kind(to, coder);
    }
    *scan = NULL;
    firing->is_there = pith_bitcode_plain(coder, 1, firing->is_there);
    if (!firing->is_there)
        return 1;
    if (columns->layout->is_text || !find_fields(firing->fields, columns, 1) ||
        !pith_firing_code_blocks(firing, coder))
        return 0;
    firing->exact = pith_bitcode_plain(coder, 1, firing->exact != NULL) ? to : NULL;
    if (!firing->exact)
        return 1;
    memcpy(to->fields, firing->fields, sizeof to->fields);
    return pith_scan_code_kind(to, coder) && is_of_block(to, firing);
}

/* Returns 0 if there are none. */
static int read_columns(struct pith_points_kind *kind, struct pith_coder *coder, uint64_t raw_len)
{
    struct pith_columns columns = {.layout = &kind->layout};
    struct pith_lines lines = {.columns = &columns, .layout = &kind->layout};
    struct pith_scan *scan = NULL;

    kind->firing.columns = &columns;
    memset(kind->decimals, PITH_POINT_NO_GRID, sizeof kind->decimals);
    if (!kind->layout.is_text)
        columns.n = (size_t)(raw_len / pith_points_stride(&kind->layout));
    kind->n = columns.n;
    if (!kind->layout.is_text && columns.n == 0)
        return 1;
    if (!(kind->layout.is_text ? pith_lines_code_notations(&lines, coder, raw_len)
                               : pith_columns_code_grids(&columns, coder)) ||
        !pith_points_code_scan(&scan, &kind->scan, &kind->firing, coder))
        return 0;
    kind->n = columns.n;
    for (uint32_t k = 0; k < kind->layout.n_fields; k++)
        if (kind->layout.fields[k].type != PITH_POINT_DECIMAL)
            kind->decimals[k] = columns.decimals[k];
    kind->is_swept = (int)columns.sweep.is_there;
    kind->has_scan = scan != NULL;
    kind->firing.columns = NULL;
    return 1;
}

pith_status pith_points_kind_read(struct pith_points_kind *kind, const uint8_t *params,
                                  size_t params_len, const uint8_t *payload, size_t len,
                                  uint64_t raw_len, pith_error *error)
{
    struct pith_coder coder;
    size_t table;

    memset(kind, 0, sizeof *kind);
    TRY(pith_points_params_read(&kind->params, params, params_len, error));
    table = kind->params.n_shares * (size_t)PITH_POINTS_SHARE_LEN;
    if (len < table)
        return pith_fail(error, PITH_E_CORRUPT, len, "the payload ends in its table");
    for (uint32_t k = 0; k < kind->params.n_shares; k++)
        kind->shares[k] = (uint16_t)pith_load_le(payload + k * (size_t)PITH_POINTS_SHARE_LEN,
                                                 PITH_POINTS_SHARE_LEN);
    pith_coder_begin_decode(&coder, payload + table, len - table, NULL, NULL);
    if (!pith_points_layout_code(&kind->layout, &coder) || !read_columns(kind, &coder, raw_len) ||
        coder.overrun > PITH_CODER_OVERRUN_MAX)
        return pith_fail(error, PITH_E_CORRUPT, table, "the payload begins with no points");
    return PITH_OK;
}
