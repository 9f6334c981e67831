/* See snap.h. */
#include "codec/points/snap.h"

#include "base/bytes.h"
#include "codec/points/columns.h"
#include "codec/points/reals.h"
#include "num/fpmode.h"
#include "num/trig.h"

static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};

/* A field and its step, which is mantissa / by. */
struct target {
    uint32_t offset, stride, width;
    enum pith_point_type type;
    double mantissa, by;
    double half;      /* of a step */
    int64_t multiple; /* of integers: the step in what they count */
};

/* A value on the step next to it, or in the middle between two the one that is near enough when it is rounded.  Returns 0 if there is
 * none. */
static int snapped_real(uint64_t *bits, const struct target *target)
{
    int is_wide = target->type == PITH_POINT_F64;
    double x = pith_real_of(*bits, is_wide), steps = x * target->by / target->mantissa;

    if (!(steps < PITH_WHOLE_MAX / 256 && steps > -PITH_WHOLE_MAX / 256))
        return 0;
    for (double down = 0; down < 2; down++) {
        double y = (pith_floor(steps + 0.5) - down) * target->mantissa / target->by;

        *bits = pith_real_bits(y, is_wide);
        y = pith_real_of(*bits, is_wide);
        if (y - x <= target->half && x - y <= target->half)
            return 1;
    }
    return 0;
}

static int snapped_whole(uint64_t *bits, const struct target *target)
{
    uint32_t spare = 64 - 8 * target->width;
    int is_signed = target->type == PITH_POINT_I32 || target->type == PITH_POINT_I16 ||
                    target->type == PITH_POINT_I8;
    int64_t value = (int64_t)(*bits << spare), m = target->multiple, rest;

    value = is_signed ? value >> spare : (int64_t)((uint64_t)value >> spare);
    rest = value % m;
    rest = rest < 0 ? rest + m : rest;
    value += rest > m / 2 ? m - rest : -rest;
    *bits = (uint64_t)value;
    if (is_signed)
        return value == (int64_t)((uint64_t)value << spare) >> spare;
    return value >= 0 && (uint64_t)value << spare >> spare == (uint64_t)value;
}

/* All values of the field; counts those that are not near enough, and changes none, or changes the others. */
static size_t snap_field(uint8_t *raw, size_t n, const struct target *target, int is_counting)
{
    int is_real = target->type == PITH_POINT_F32 || target->type == PITH_POINT_F64;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t *at = raw + i * target->stride + target->offset;
        uint64_t bits = pith_load_le(at, target->width);
        int is_near = is_real ? snapped_real(&bits, target) : snapped_whole(&bits, target);

        kept += (size_t)!is_near;
        if (is_near && !is_counting)
            pith_store_le(at, bits, target->width);
    }
    return kept;
}

static uint32_t axis_of(uint8_t role)
{
    return role == PITH_POINT_X ? 0 : role == PITH_POINT_Y ? 1 : role == PITH_POINT_Z ? 2 : 3;
}

/* Returns 0 if the step is finer than the field is. */
static int set_target(struct target *target, const struct pith_points_layout *layout,
                      uint32_t field, const struct pith_snap_rule *rule)
{
    uint32_t axis = axis_of(layout->fields[field].role);
    double scale = axis < 3 && layout->scales[axis] > 0 ? layout->scales[axis] : 1, step;

    target->type = (enum pith_point_type)layout->fields[field].type;
    target->width = pith_point_widths[target->type];
    target->stride = pith_points_stride(layout);
    target->offset = 0;
    for (uint32_t k = 0; k < field; k++)
        target->offset += pith_point_widths[layout->fields[k].type];
    target->mantissa = rule->mantissa * powers[rule->exponent > 0 ? rule->exponent : 0];
    target->by = powers[rule->exponent < 0 ? -rule->exponent : 0];
    step = target->mantissa / target->by;
    target->half = step / 2;
    if (target->type == PITH_POINT_F32 || target->type == PITH_POINT_F64)
        return 1;
    if (target->type == PITH_POINT_I64 || !(step / scale < 65536))
        return 0;
    target->multiple = pith_floor_int(step / scale * (1 + 0x1p-40));
    return target->multiple > 1;
}

uint32_t pith_snap(struct pith_points_bound bounds[PITH_POINTS_BOUNDS_MAX], uint8_t *raw,
                   size_t raw_len, const struct pith_points_layout *layout,
                   const struct pith_snap *snap)
{
    size_t n = raw_len / pith_points_stride(layout);
    uint64_t mode = pith_fpmode_pin();
    uint32_t n_bounds = 0;

    for (uint32_t field = 0; field < layout->n_fields; field++)
        for (uint32_t k = 0; k < snap->n && n_bounds < PITH_POINTS_BOUNDS_MAX; k++) {
            const struct pith_snap_rule *rule = &snap->rules[k];
            struct target target;

            if (rule->role != layout->fields[field].role ||
                !set_target(&target, layout, field, rule) ||
                snap_field(raw, n, &target, 1) > pith_exceptions_room(n) / 4)
                continue;
            (void)snap_field(raw, n, &target, 0);
            bounds[n_bounds++] =
                (struct pith_points_bound){(uint8_t)field, rule->mantissa, rule->exponent};
        }
    pith_fpmode_restore(mode);
    return n_bounds;
}
