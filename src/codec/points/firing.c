/* See firing.h. */
#include "codec/points/firing.h"

#include <string.h>

#include "codec/points/pose.h"
#include "coder/bitcode.h"
#include "num/trig.h"

#define STORED_BITS 30
#define BLOCK_BITS  16     /* twice, of a number of points */
#define FLAT_UNITS  4096.0 /* of predictions: a metre */
#define FAR         1e6    /* metres */
#define NEAR        1e-3
#define TILT_MAX    1.0  /* radians */
#define TURN_MAX    0.02 /* radians: what is further off does not tell where the round is */
#define TRUST_MAX   8.0
#define PASSED      16   /* lasers for each point, at most, */
#define PASSED_ON   1024 /* and some more */
#define FIRST_MISSES          \
    {                         \
        1.0, 1e-3, 1e-3, 1e-3 \
    }
#define MISS_SHARE   0.125
#define SLOPE_SHARE  0.2
#define LEAN_SHARE   0.05
#define LEAN_MAX     0.003
#define NEAR_SHARE   0.02
#define BESIDE_EVERY 16 /* rounds */

void pith_firing_layout(struct pith_firing *firing, struct pith_arena *arena)
{
    firing->states = pith_arena_take(arena, PITH_FIRING_LASERS, sizeof *firing->states);
}

static uint32_t code_count(struct pith_coder *coder, uint32_t n)
{
    uint32_t low = pith_bitcode_plain(coder, BLOCK_BITS, n & 0xffff);

    return low | pith_bitcode_plain(coder, BLOCK_BITS, n >> BLOCK_BITS) << BLOCK_BITS;
}

int pith_firing_code_blocks(struct pith_firing *firing, struct pith_coder *coder)
{
    size_t left = firing->columns->n;

    firing->n_blocks = pith_bitcode_plain(coder, 3, firing->n_blocks - 1) + 1;
    for (uint32_t k = 0; k < firing->n_blocks; k++) {
        struct pith_firing_block *block = &firing->blocks[k];

        block->n = code_count(coder, block->n);
        block->tick = pith_bitcode_plain(coder, BLOCK_BITS, block->tick);
        block->near = pith_bitcode_plain(coder, BLOCK_BITS, block->near);
        block->n_lasers = pith_bitcode_plain(coder, 7, block->n_lasers - 1) + 1;
        for (uint32_t axis = 0; axis < 3; axis++) {
            block->origin[axis] = pith_bitcode_wide(coder, STORED_BITS, block->origin[axis]);
            block->motion[axis] = pith_bitcode_wide(coder, STORED_BITS, block->motion[axis]);
        }
        for (uint32_t axis = 0; axis < 2; axis++) {
            block->tilt[axis] = pith_bitcode_wide(coder, STORED_BITS, block->tilt[axis]);
            block->tilting[axis] = pith_bitcode_wide(coder, STORED_BITS, block->tilting[axis]);
        }
        if (block->n == 0 || block->n > left)
            return 0;
        left -= block->n;
    }
    return left == 0;
}

void pith_firing_begin(struct pith_firing *firing, const struct pith_firing_block *block,
                       size_t start)
{
    struct pith_firing_walk *walk = &firing->walk;

    memset(walk, 0, sizeof *walk);
    walk->tick = block->tick * PITH_FIRING_UNIT;
    walk->near = block->near * PITH_FIRING_UNIT;
    walk->block = block;
    walk->start = start;
    walk->laser = block->n_lasers - 1; /* the first point is of the first round, or later */
    memset(firing->states, 0, block->n_lasers * sizeof *firing->states);
    for (uint32_t k = 0; k < block->n_lasers; k++) {
        struct pith_firing_laser *laser = &firing->states[k];
        static const double misses[4] = FIRST_MISSES;

        laser->point = PITH_FIRING_NONE;
        laser->beside[0] = laser->beside[1] = k;
        memcpy(laser->misses, misses, sizeof misses);
        pith_blend_begin(&laser->blend);
    }
}

void pith_firing_walk_to(struct pith_firing *firing, size_t i)
{
    struct pith_firing_walk *walk = &firing->walk;

    if (i == walk->start + walk->block->n)
        pith_firing_begin(firing, walk->block + 1, i);
    walk->i = i;
    walk->skipped = 0;
}

int pith_firing_may_pass(const struct pith_firing *firing)
{
    const struct pith_firing_walk *walk = &firing->walk;

    return walk->n_passed < (uint64_t)(walk->i - walk->start) * PASSED + PASSED_ON;
}

uint32_t pith_firing_next(const struct pith_firing *firing)
{
    uint32_t next = firing->walk.laser + 1;

    return next < firing->walk.block->n_lasers ? next : 0;
}

/* Which lasers have slopes next to each other. */
static void find_beside(struct pith_firing *firing)
{
    uint32_t n = firing->walk.block->n_lasers;

    for (uint32_t k = 0; k < n; k++) {
        struct pith_firing_laser *laser = &firing->states[k];

        laser->beside[0] = laser->beside[1] = k;
        for (uint32_t other = 0; other < n; other++) {
            double slope = firing->states[other].slope;
            uint32_t side = slope > laser->slope;
            uint32_t *best = &laser->beside[side];

            if (firing->states[other].point == PITH_FIRING_NONE || slope == laser->slope)
                continue;
            if (*best == k ||
                (side ? slope < firing->states[*best].slope : slope > firing->states[*best].slope))
                *best = other;
        }
    }
}

static double wrapped(double angle)
{
    return angle > PITH_PI ? angle - 2 * PITH_PI : angle < -PITH_PI ? angle + 2 * PITH_PI : angle;
}

static void begin_round(struct pith_firing *firing)
{
    struct pith_firing_walk *walk = &firing->walk;
    double by = wrapped(walk->turn - walk->before);

    walk->turned += by;
    if (walk->round > 1 && by < TURN_MAX && by > -TURN_MAX)
        walk->step = by;
    walk->before = walk->turn;
    walk->turn = wrapped(walk->turn + walk->step);
    walk->round++;
    walk->n_told = 0;
    if (walk->round % BESIDE_EVERY == 0)
        find_beside(firing);
}

/* The laser at hand is the next one. */
static void go_on(struct pith_firing *firing, uint32_t saw)
{
    struct pith_firing_laser *laser;

    firing->walk.laser = pith_firing_next(firing);
    laser = &firing->states[firing->walk.laser];
    laser->history = laser->history << 1 | saw;
    if (firing->walk.laser == 0)
        begin_round(firing);
}

void pith_firing_pass(struct pith_firing *firing)
{
    go_on(firing, 0);
    firing->walk.skipped++;
    firing->walk.n_passed++;
}

static int64_t units(double metres)
{
    return metres < FAR && metres > -FAR ? pith_floor_int(metres * FLAT_UNITS + 0.5) : 0;
}

/* How a laser beside changed in this round, if it is seen again, or else in the last. */
static double change_beside(const struct pith_firing *firing, const struct pith_firing_laser *laser,
                            double otherwise)
{
    double sum = 0, n = 0;

    for (uint32_t side = 0; side < 2; side++) {
        const struct pith_firing_laser *other = &firing->states[laser->beside[side]];

        if (other != laser && other->point != PITH_FIRING_NONE &&
            other->round == firing->walk.round && other->flats[0] > 0) {
            sum += other->change / other->flats[0];
            n++;
        }
    }
    return n > 0 ? laser->flats[0] * sum / n : otherwise;
}

/* Where the scanner is. */
static void move(struct pith_firing_walk *walk)
{
    const struct pith_firing_block *block = walk->block;
    double laser = (double)walk->laser / block->n_lasers, tilt[3] = {0, 0, 0};

    walk->share =
        (walk->turned + wrapped(walk->turn - walk->before) + laser * walk->step) / (2 * PITH_PI);
    for (uint32_t axis = 0; axis < 3; axis++)
        walk->origin[axis] =
            ((double)block->origin[axis] + walk->share * (double)block->motion[axis]) *
            PITH_FIRING_UNIT;
    for (uint32_t axis = 0; axis < 2; axis++) {
        tilt[axis] = ((double)block->tilt[axis] + walk->share * (double)block->tilting[axis]) *
                     PITH_FIRING_UNIT;
        tilt[axis] = tilt[axis] < TILT_MAX && tilt[axis] > -TILT_MAX ? tilt[axis] : 0;
    }
    pith_pose_rotate(walk->rotation, tilt);
}

void pith_firing_expect_flat(struct pith_firing *firing)
{
    struct pith_firing_walk *walk = &firing->walk;
    uint32_t last = walk->laser;
    struct pith_firing_laser *laser;
    double f, other;
    int64_t *p = walk->predictions;

    go_on(firing, 1);
    laser = &firing->states[walk->laser];
    if (laser->point == PITH_FIRING_NONE && firing->states[last].point != PITH_FIRING_NONE) {
        memcpy(laser->flats, firing->states[last].flats, sizeof laser->flats);
        laser->slope = firing->states[last].slope;
        laser->turn = firing->states[last].turn;
    }
    f = laser->flats[0];
    other = change_beside(firing, laser, 0);
    p[0] = units(f);
    p[1] = units(2 * f - laser->flats[1]);
    p[2] = units(f + other);
    p[3] = units(f + (f - laser->flats[1]) / 2);
    p[4] = units(laser->flats[1]);
    walk->flat = (double)pith_blend_mean(&laser->blend, p) / FLAT_UNITS;
}

void pith_firing_expect_place(struct pith_firing *firing)
{
    struct pith_firing_walk *walk = &firing->walk;
    const struct pith_firing_laser *laser = &firing->states[walk->laser];
    double sine, cosine;

    move(walk);
    pith_sin_cos(walk->turn + laser->turn, &sine, &cosine);
    for (uint32_t k = 0; k < 3; k++)
        walk->way[k] = walk->rotation[k][0] * cosine + walk->rotation[k][1] * sine +
                       walk->rotation[k][2] * (laser->slope + walk->lean);
}

static void follow(double *mean, double size, double share)
{
    *mean += (pith_abs(size) - *mean) * share;
}

/* What the angle of a point tells of its round and its laser. */
static void learn_turn(struct pith_firing_walk *walk, struct pith_firing_laser *laser, double angle)
{
    double off = wrapped(wrapped(angle - walk->turn) - laser->turn), share;

    if (laser->trust == 0) {
        if (walk->round <= 1 && walk->n_told == 0)
            walk->turn = walk->before = angle;
        laser->turn = wrapped(angle - walk->turn);
        laser->trust = 1;
        walk->n_told++;
        return;
    }
    follow(&laser->misses[1], off < TURN_MAX && off > -TURN_MAX ? off : TURN_MAX, MISS_SHARE);
    if (off > TURN_MAX || off < -TURN_MAX) {
        if (pith_abs(off - walk->stray) < TURN_MAX) /* two agree: rounds are missing */
            walk->turn = wrapped(walk->turn + off);
        walk->stray = off;
        laser->trust = laser->trust > 1 ? laser->trust - 1 : 0;
        return;
    }
    share = 1 / (walk->n_told + 1.1);
    walk->turn = wrapped(walk->turn + off * share);
    laser->turn = wrapped(laser->turn + off * (1 - share) / (laser->trust + 1));
    laser->trust += laser->trust < TRUST_MAX;
    walk->n_told++;
}

/* And its slope of its laser, and of how all lean. */
static void learn_slope(struct pith_firing_walk *walk, struct pith_firing_laser *laser,
                        double slope)
{
    double off = slope - walk->lean - laser->slope;

    follow(&laser->misses[2], off < TURN_MAX && off > -TURN_MAX ? off : TURN_MAX, MISS_SHARE);
    if (off < LEAN_MAX && off > -LEAN_MAX)
        walk->lean += off * LEAN_SHARE;
    laser->slope += off * SLOPE_SHARE;
}

/* How far a range is from the nearest tick tells where tick 0 is. */
static void learn_range(struct pith_firing_walk *walk, struct pith_firing_laser *laser,
                        double range)
{
    double ticks = (range - walk->near) / walk->tick, off;

    off = (ticks - pith_floor(ticks + 0.5)) * walk->tick;
    follow(&laser->misses[3], off, MISS_SHARE);
    walk->near += off * NEAR_SHARE;
}

/* What the distance tells, and that the laser has seen a point. */
static void learn_flat(struct pith_firing *firing, struct pith_firing_laser *laser, double flat)
{
    struct pith_firing_walk *walk = &firing->walk;

    pith_blend_learn(&laser->blend, walk->predictions, units(flat));
    if (laser->point == PITH_FIRING_NONE)
        laser->flats[0] = laser->flats[1] = flat;
    else
        follow(&laser->misses[0], flat - walk->flat, MISS_SHARE);
    laser->change = flat - laser->flats[0];
    laser->flats[2] = laser->flats[1];
    laser->flats[1] = laser->flats[0];
    laser->flats[0] = flat;
    memcpy(laser->errors, walk->errors, sizeof laser->errors);
    laser->point = (uint32_t)walk->i;
    laser->round = walk->round;
}

void pith_firing_learn_exact(struct pith_firing *firing, double flat, double angle)
{
    struct pith_firing_laser *laser = &firing->states[firing->walk.laser];

    learn_turn(&firing->walk, laser, wrapped(angle));
    laser->slope = firing->exact->beams[firing->walk.laser].tangent;
    learn_flat(firing, laser, flat);
}

void pith_firing_learn(struct pith_firing *firing)
{
    struct pith_firing_walk *walk = &firing->walk;
    struct pith_firing_laser *laser = &firing->states[walk->laser];
    double off[3], d[3], flat, slope;

    for (uint32_t axis = 0; axis < 3; axis++) {
        off[axis] =
            pith_column_real(firing->columns, firing->fields[axis], walk->i) - walk->origin[axis];
        if (!(off[axis] < FAR && off[axis] > -FAR))
            return;
    }
    for (uint32_t k = 0; k < 3; k++)
        d[k] = walk->rotation[0][k] * off[0] + walk->rotation[1][k] * off[1] +
               walk->rotation[2][k] * off[2];
    flat = pith_sqrt(d[0] * d[0] + d[1] * d[1]);
    if (!(flat > NEAR))
        return;
    slope = d[2] / flat;
    learn_turn(walk, laser, pith_atan2(d[1], d[0]));
    if (walk->tick > 0)
        learn_range(walk, laser, pith_sqrt(flat * flat + d[2] * d[2]));
    if (laser->point == PITH_FIRING_NONE)
        laser->slope = slope - walk->lean;
    else
        learn_slope(walk, laser, slope);
    learn_flat(firing, laser, flat);
}
