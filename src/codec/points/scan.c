/* See scan.h. */
#include "codec/points/scan.h"

#include "coder/bitcode.h"
#include "num/trig.h"

void pith_scan_layout(struct pith_scan *scan, struct pith_arena *arena)
{
    scan->starts = pith_arena_take(arena, PITH_LASERS_MAX + 1, sizeof *scan->starts);
    scan->lasers = pith_arena_take(arena, PITH_LASERS_MAX, sizeof *scan->lasers);
    scan->beams = pith_arena_take(arena, PITH_LASERS_MAX, sizeof *scan->beams);
}

double pith_scan_tick(uint32_t angle_tick)
{
    static const struct {
        uint32_t units, in_turn;
    } parts[] = {{351562, 1024}, {175781, 2048}, {87891, 4096}};

    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
        if (parts[k].units == angle_tick)
            return 2 * PITH_PI / parts[k].in_turn;
    return angle_tick * PITH_ANGLE_UNIT;
}

void pith_scan_make_beams(struct pith_scan *scan)
{
    scan->tick = pith_scan_tick(scan->angle_tick);
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        const struct pith_laser *laser = &scan->lasers[k];
        struct pith_beam *beam = &scan->beams[k];

        pith_sin_cos(laser->elevation * PITH_ANGLE_UNIT, &beam->sine, &beam->cosine);
        beam->tangent = beam->cosine > 0 ? beam->sine / beam->cosine : 0;
        beam->turn = laser->turn * PITH_ANGLE_UNIT;
        beam->height = laser->height * PITH_LENGTH_UNIT;
        beam->aside = laser->aside * PITH_LENGTH_UNIT;
        beam->near = laser->near * PITH_LENGTH_UNIT;
    }
}

/* Hostile numbers give any place, but a finite one. */
void pith_scan_place(double place[3], const struct pith_scan *scan, uint32_t laser, int64_t turn,
                     int64_t range)
{
    const struct pith_beam *beam = &scan->beams[laser];
    double far = ((double)range * scan->range_tick) * PITH_LENGTH_UNIT + beam->near;
    double flat = far * beam->cosine, sine, cosine;

    pith_sin_cos((double)turn * scan->tick + beam->turn, &sine, &cosine);
    place[0] = flat * cosine + beam->aside * sine;
    place[1] = flat * sine - beam->aside * cosine;
    place[2] =
        beam->height + (beam->aside == 0
                            ? far * beam->sine
                            : pith_sqrt(flat * flat + beam->aside * beam->aside) * beam->tangent);
}

/* Encoders keep steps below 2^30. */
static int32_t code_step(struct pith_coder *coder, struct pith_bitcode_number *number,
                         int32_t before, int32_t value)
{
    int32_t step = coder->out ? (int32_t)((uint32_t)value - (uint32_t)before) : 0;

    return (int32_t)((uint32_t)before + (uint32_t)pith_bitcode_signed(coder, number, step));
}

static void code_lasers(struct pith_scan *scan, struct pith_coder *coder)
{
    struct pith_bitcode_number numbers[5];
    struct pith_laser before = {0, 0, 0, 0, 0};

    for (uint32_t k = 0; k < 5; k++)
        pith_bitcode_number_init(&numbers[k]);
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        struct pith_laser *laser = &scan->lasers[k];

        laser->elevation = code_step(coder, &numbers[0], before.elevation, laser->elevation);
        laser->turn = code_step(coder, &numbers[1], before.turn, laser->turn);
        laser->height = code_step(coder, &numbers[2], before.height, laser->height);
        laser->aside = code_step(coder, &numbers[3], before.aside, laser->aside);
        laser->near = code_step(coder, &numbers[4], before.near, laser->near);
        before = *laser;
    }
}

/* Returns 0 if the rings are not those of n points. */
static int code_rings(struct pith_scan *scan, struct pith_coder *coder, size_t n)
{
    struct pith_bitcode_number lens;
    uint64_t at = 0;

    pith_bitcode_number_init(&lens);
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        uint32_t len = coder->out ? scan->starts[k + 1] - scan->starts[k] : 0;

        scan->starts[k] = (uint32_t)at;
        at += pith_bitcode_number(coder, &lens, len);
        if (at > n)
            return 0;
    }
    scan->starts[scan->n_lasers] = (uint32_t)at;
    return at == n;
}

int pith_scan_code_kind(struct pith_scan *scan, struct pith_coder *coder)
{
    struct pith_bitcode_number numbers;

    pith_bitcode_number_init(&numbers);
    scan->period = pith_bitcode_number(coder, &numbers, scan->period);
    scan->n_lasers = pith_bitcode_number(coder, &numbers, scan->n_lasers);
    scan->angle_tick = pith_bitcode_number(coder, &numbers, scan->angle_tick);
    scan->range_tick = pith_bitcode_number(coder, &numbers, scan->range_tick);
    scan->has_empty = pith_bitcode_number(coder, &numbers, scan->has_empty);
    scan->is_moving = pith_bitcode_number(coder, &numbers, scan->is_moving);
    if (scan->n_lasers == 0 || scan->n_lasers > PITH_LASERS_MAX || scan->has_empty > 1 ||
        scan->is_moving > 1 || (scan->is_moving && scan->period == 0) ||
        (scan->period != 0 && scan->period != scan->n_lasers))
        return 0;
    if (scan->period == 0)
        scan->width = pith_bitcode_number(coder, &numbers, scan->width);
    if (!scan->is_moving)
        return 1;
    scan->phase = pith_bitcode_number(coder, &numbers, scan->phase);
    if (scan->phase >= scan->period)
        return 0;
    pith_pose_code(&scan->start, coder);
    return pith_lattice_code(&scan->lattice, coder);
}

int pith_scan_code_lasers(struct pith_scan *scan, struct pith_coder *coder, size_t n)
{
    if (scan->period == 0 && !code_rings(scan, coder, n))
        return 0;
    code_lasers(scan, coder);
    pith_scan_make_beams(scan);
    return 1;
}
