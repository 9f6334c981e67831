/* pith_reader_points(): see pith.h. */
#include "api/reader.h"
#include "codec/points/points_kind.h"

#include <string.h>

static const char *const types[PITH_POINT_TYPES] = {
    [PITH_POINT_U8] = "u8",       [PITH_POINT_I8] = "i8",      [PITH_POINT_U16] = "u16",
    [PITH_POINT_I16] = "i16",     [PITH_POINT_U32] = "u32",    [PITH_POINT_I32] = "i32",
    [PITH_POINT_I64] = "i64",     [PITH_POINT_F32] = "f32",    [PITH_POINT_F64] = "f64",
    [PITH_POINT_DECIMAL] = "dec", [PITH_POINT_WIDENED] = "f64"};

static const char letters[PITH_POINT_ROLES] = {
    [PITH_POINT_OTHER] = 'o', [PITH_POINT_X] = 'x',         [PITH_POINT_Y] = 'y',
    [PITH_POINT_Z] = 'z',     [PITH_POINT_INTENSITY] = 'i', [PITH_POINT_RING] = 'r',
    [PITH_POINT_TIME] = 't',  [PITH_POINT_RETURN] = 'n',    [PITH_POINT_SOURCE] = 's'};

/* Bytes of the payload that a part of it takes. */
static double part_len(const struct pith_points_kind *kind, uint32_t part, uint64_t packed_len)
{
    return part < kind->params.n_shares
               ? (double)kind->shares[part] / PITH_POINTS_SHARE_ALL * (double)packed_len
               : -1;
}

static double step_of(const struct pith_points_params *params, uint32_t field)
{
    double step = 0;

    for (uint32_t k = 0; k < params->n_bounds; k++)
        if (params->bounds[k].field == field) {
            step = params->bounds[k].mantissa;
            for (int e = 0; e < params->bounds[k].exponent; e++)
                step *= 10;
            for (int e = 0; e > params->bounds[k].exponent; e--)
                step /= 10;
        }
    return step;
}

static void describe_scan(pith_points_info *info, const struct pith_points_kind *kind,
                          uint64_t packed_len)
{
    const struct pith_scan *scan = &kind->scan;

    info->has_scan = 1;
    info->lasers = scan->n_lasers;
    info->is_in_columns = scan->period != 0;
    info->is_moving = scan->is_moving || kind->is_swept;
    info->is_on_lattice = scan->is_moving && scan->lattice.is_there;
    info->angle_tick = scan->angle_tick * 1e-6;
    info->range_tick = scan->range_tick * PITH_LENGTH_UNIT;
    for (uint32_t k = 0; k < PITH_POINTS_SCAN_PARTS; k++)
        info->packed_lens[k] = part_len(kind, k, packed_len);
}

static void describe_firing(pith_points_info *info, const struct pith_points_kind *kind,
                            uint64_t packed_len)
{
    info->has_scan = info->is_in_firing_order = 1;
    for (uint32_t k = 0; k < kind->firing.n_blocks; k++) {
        const struct pith_firing_block *block = &kind->firing.blocks[k];

        info->lasers += block->n_lasers;
        for (uint32_t axis = 0; axis < 3; axis++)
            info->is_moving |= block->motion[axis] != 0;
        info->range_tick = block->tick * PITH_FIRING_UNIT;
    }
    if (kind->firing.exact) {
        info->is_moving = 0;
        info->angle_tick = kind->scan.angle_tick * 1e-6;
        info->range_tick = kind->scan.range_tick * PITH_LENGTH_UNIT;
    }
    for (uint32_t k = 0; k < PITH_POINTS_SCAN_PARTS; k++) { /* point by point: all in one */
        double len = part_len(kind, k, packed_len);

        info->packed_lens[2] = len < 0 ? -1 : info->packed_lens[2] + len;
    }
}

static void describe(pith_points_info *info, pith_points_field *fields,
                     const struct pith_points_kind *kind, const struct pith_chunk_header *header)
{
    const struct pith_points_layout *layout = &kind->layout;

    info->n_points = kind->n;
    info->fields = fields;
    info->n_fields = layout->n_fields;
    for (uint32_t k = 0; k < layout->n_fields; k++)
        fields[k] = (pith_points_field){
            .letter = letters[layout->fields[k].role],
            .type = types[layout->fields[k].type],
            .decimals = kind->decimals[k] == PITH_POINT_NO_GRID ? -1 : kind->decimals[k],
            .step = step_of(&kind->params, k),
            .packed_len = part_len(kind, PITH_POINTS_SCAN_PARTS + k, header->packed_len),
        };
    if (kind->has_scan)
        describe_scan(info, kind, header->packed_len);
    else if (kind->firing.is_there)
        describe_firing(info, kind, header->packed_len);
}

static pith_status tell_chunk(pith_reader *reader, uint64_t n, pith_points_fn each, void *opaque,
                              pith_error *error)
{
    pith_points_field fields[PITH_POINT_FIELDS_MAX];
    struct pith_chunk_header header;
    struct pith_points_kind kind;
    pith_points_info info = {0};
    const uint8_t *payload;
    size_t len;

    TRY(pith_reader_peek(reader, n, &header, &info.offset, &payload, &len, error));
    if (header.codec.id != PITH_CODEC_POINTS)
        return PITH_OK;
    TRY(pith_points_kind_read(&kind, header.codec.params, header.codec.params_len, payload, len,
                              header.raw_len, error));
    describe(&info, fields, &kind, &header);
    if (each(opaque, &info) != 0)
        return pith_fail(error, PITH_E_CANCELLED, info.offset, "cancelled");
    return PITH_OK;
}

pith_status pith_reader_points(pith_reader *reader, pith_points_fn each, void *opaque,
                               pith_error *error)
{
    if (!reader || !each)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", reader ? "each" : "reader");
    for (uint64_t n = 0; n < pith_reader_n_chunks(reader); n++)
        TRY(tell_chunk(reader, n, each, opaque, error));
    return PITH_OK;
}
