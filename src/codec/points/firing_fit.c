/* See firing_fit.h. */
#include "codec/points/firing_fit.h"

#include <string.h>

#include "num/trig.h"

#define POINTS_LEAST 4096 /* of a block */
#define UNKNOWNS     PITH_FIRING_UNKNOWNS
#define WINDOW       64 /* points on both sides of where a block may end */
#define APART        0.5
#define LASER_BIN    0.0003
#define LASER_REACH  0.0024 /* slopes at which there is no other laser */
#define STEEP_REACH  0.018  /* more than that, by slope: near points */
#define LASER_SHARE  0.04   /* of the fullest bins */
#define LASERS_LEAST 8
#define GAP_MAX      0.005 /* what a gap is off counts no more */
#define LEAN_SHARE   0.05  /* of what a point is off, for the points to come */
#define CHOICES      3     /* lasers are looked for in so many of the first steps */
#define TICK_SAMPLE  4096
#define COHERENT     0.5 /* length of the mean of phases, at least, of ranges that are multiples */
#define SHARP_LEAST  0.17
#define DISORDER     2.2 /* at random half of the lasers would be passed */
#define BAD_SHARE    64  /* of so many points one may be nowhere */
#define FAR          1e6 /* metres */
#define PLACE_MAX    500 /* metres, below 2^29 units */
#define TURNS_MOST   1.25

/* How much the angle between lasers that fire one after the other changes from round to round: most where a round ends. */
struct pith_firing_gap {
    double mean, off, n;
};

void pith_firing_fit_layout(struct pith_firing_fit *fit, struct pith_arena *arena)
{
    pith_firing_place_layout(fit, arena);
    fit->ahead = pith_arena_take(arena, PITH_FIRING_LASERS, sizeof *fit->ahead);
    fit->gaps = pith_arena_take(arena, PITH_FIRING_LASERS, sizeof *fit->gaps);
}

/* Mean direction of points from the middle of the frame. */
static void add_direction(double sum[2], const struct pith_firing_fit *fit, size_t i, double by)
{
    double x = fit->reals[0][i], y = fit->reals[1][i], flat = pith_sqrt(x * x + y * y);

    if (!(flat > 0.1))
        return;
    sum[0] += by * x / flat;
    sum[1] += by * y / flat;
}

/* Blocks end where directions jump.  Returns how many there are, or 0. */
static uint32_t find_blocks(const struct pith_firing_fit *fit, struct pith_firing *firing)
{
    size_t n = firing->columns->n, start = 0, best = 0;
    double behind[2] = {0, 0}, ahead[2] = {0, 0}, most = APART;
    uint32_t n_blocks = 0;

    if (n < POINTS_LEAST)
        return 0;
    for (size_t i = 0; i < WINDOW; i++) {
        add_direction(behind, fit, i, 1);
        add_direction(ahead, fit, i + WINDOW, 1);
    }
    for (size_t i = WINDOW; i + WINDOW <= n; i++) {
        double x = ahead[0] - behind[0], y = ahead[1] - behind[1];
        double apart = (x * x + y * y) / ((double)WINDOW * WINDOW);

        if (apart > most) {
            most = apart;
            best = i;
        } else if (best > start && i > best + 4 * WINDOW) {
            if (n_blocks == PITH_FIRING_BLOCKS - 1)
                return 0;
            firing->blocks[n_blocks++].n = (uint32_t)(best - start);
            start = best;
            most = APART;
        }
        if (i + WINDOW == n)
            break;
        add_direction(behind, fit, i - WINDOW, -1);
        add_direction(behind, fit, i, 1);
        add_direction(ahead, fit, i, -1);
        add_direction(ahead, fit, i + WINDOW, 1);
    }
    firing->blocks[n_blocks++].n = (uint32_t)(n - start);
    return n_blocks;
}

static int is_top(const float *sums, size_t bin, size_t n)
{
    double slope = pith_abs((double)bin * LASER_BIN - PITH_FIRING_SLOPE_MAX);
    size_t reach = (size_t)((LASER_REACH + slope * STEEP_REACH) / LASER_BIN);

    for (size_t k = bin > reach ? bin - reach : 0; k <= bin + reach && k < n; k++)
        if (sums[k] > sums[bin] || (sums[k] == sums[bin] && k < bin))
            return 0;
    return 1;
}

/* Slopes at which points bunch, from the lowest on.  Returns how many. */
static uint32_t find_slopes(struct pith_firing_fit *fit, struct pith_firing_part part,
                            double slopes[PITH_FIRING_LASERS])
{
    size_t n_bins = (size_t)(2 * PITH_FIRING_SLOPE_MAX / LASER_BIN);
    float *counts = fit->counts, last = 0, most = 0;
    uint32_t n = 0;

    pith_firing_count_slopes(fit, part, LASER_BIN, part.n);
    for (size_t k = 0; k + 1 < n_bins; k++) { /* of three bins */
        float sum = last + counts[k] + counts[k + 1];

        last = counts[k];
        counts[k] = sum;
        most = sum > most ? sum : most;
    }
    for (size_t k = 0; k + 1 < n_bins; k++)
        if (counts[k] > LASER_SHARE * most && is_top(counts, k, n_bins - 1)) {
            if (n == PITH_FIRING_LASERS)
                return 0;
            slopes[n++] = (double)k * LASER_BIN - PITH_FIRING_SLOPE_MAX;
        }
    return n;
}

static void choose_lasers(const struct pith_firing_fit *fit, struct pith_firing *firing,
                          struct pith_firing_part part, const double *slopes, uint32_t n)
{
    double lean = 0;

    for (size_t i = part.first; i < part.first + part.n; i++) {
        double slope = pith_firing_slope(fit, i) - lean, off;
        uint32_t low = 0, high = n - 1;

        while (low < high) {
            uint32_t middle = (low + high) / 2;

            if (slope > (slopes[middle] + slopes[middle + 1]) / 2)
                low = middle + 1;
            else
                high = middle;
        }
        firing->lasers[i] = (uint8_t)low;
        off = slope - slopes[low];
        if (pith_abs(off) < LASER_REACH)
            lean += off * LEAN_SHARE;
    }
}

/* Which of two lasers fires first, in rounds that begin with a laser that is seen often: the order is by how many others
 * a laser mostly comes before. */
static void count_order(struct pith_firing_fit *fit, const struct pith_firing *firing,
                        struct pith_firing_part part, uint32_t first)
{
    uint8_t seen[PITH_FIRING_LASERS];
    uint32_t n = 0;

    memset(fit->ahead, 0, PITH_FIRING_LASERS * sizeof *fit->ahead);
    for (size_t i = part.first; i < part.first + part.n; i++) {
        uint8_t laser = firing->lasers[i];

        if (laser == first) {
            for (uint32_t a = 0; a < n; a++)
                for (uint32_t b = a + 1; b < n; b++)
                    fit->ahead[seen[a]][seen[b]]++;
            n = 0;
        }
        if (n < PITH_FIRING_LASERS)
            seen[n++] = laser;
    }
}

static void sort_lasers(struct pith_firing_fit *fit, struct pith_firing *firing,
                        struct pith_firing_part part, uint32_t n)
{
    uint32_t counts[PITH_FIRING_LASERS] = {0}, first = 0;
    uint8_t places[PITH_FIRING_LASERS];
    uint32_t wins[PITH_FIRING_LASERS] = {0};

    for (size_t i = part.first; i < part.first + part.n; i++)
        counts[firing->lasers[i]]++;
    for (uint32_t k = 1; k < n; k++)
        first = counts[k] > counts[first] ? k : first;
    count_order(fit, firing, part, first);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = 0; b < n; b++)
            wins[a] += fit->ahead[a][b] > fit->ahead[b][a];
    wins[first] = PITH_FIRING_LASERS;
    for (uint32_t a = 0; a < n; a++) {
        places[a] = 0;
        for (uint32_t b = 0; b < n; b++)
            places[a] = (uint8_t)(places[a] + (wins[b] > wins[a] || (wins[b] == wins[a] && b < a)));
    }
    for (size_t i = part.first; i < part.first + part.n; i++)
        firing->lasers[i] = places[firing->lasers[i]];
}

static void note_gap(struct pith_firing_gap *gap, double angle)
{
    if (angle > PITH_FIRING_GAP_MAX || angle < -PITH_FIRING_GAP_MAX)
        return;
    if (gap->n > 0)
        gap->off += pith_abs(angle - gap->mean) < GAP_MAX ? pith_abs(angle - gap->mean) : GAP_MAX;
    gap->mean += (angle - gap->mean) / (gap->n < 8 ? gap->n + 1 : 8);
    gap->n++;
}

/* Makes the first laser the one with which the head begins to stand at another angle. */
static void turn_rounds(const struct pith_firing_fit *fit, struct pith_firing *firing,
                        struct pith_firing_part part, uint32_t n)
{
    struct pith_firing_gap *gaps = fit->gaps;
    double last = pith_firing_angle(fit, part.first);
    uint32_t end = 0;

    memset(gaps, 0, PITH_FIRING_LASERS * sizeof *gaps);
    for (size_t i = part.first + 1; i < part.first + part.n; i++) {
        uint8_t before = firing->lasers[i - 1], laser = firing->lasers[i];
        double angle = pith_firing_angle(fit, i);

        if (laser == (before + 1) % n)
            note_gap(&gaps[before], angle - last);
        last = angle;
    }
    for (uint32_t k = 0; k < n; k++)
        if (gaps[k].n > 16 &&
            (gaps[end].n <= 16 || gaps[k].off * gaps[end].n > gaps[end].off * gaps[k].n))
            end = k;
    for (size_t i = part.first; i < part.first + part.n; i++) {
        int is_nowhere = i > part.first; /* or the same again: that tells no laser */

        for (uint32_t axis = 0; axis < 3 && is_nowhere; axis++)
            is_nowhere = fit->reals[axis][i] == fit->reals[axis][i - 1];
        firing->lasers[i] = (uint8_t)(is_nowhere ? (firing->lasers[i - 1] + 1) % n
                                                 : (firing->lasers[i] + n - 1 - end) % n);
    }
}

static int64_t in_units(double metres)
{
    return pith_floor_int(metres / PITH_FIRING_UNIT + 0.5);
}

static void set_place(struct pith_firing_block *block, const double at[UNKNOWNS])
{
    for (uint32_t k = 0; k < 3; k++) {
        block->origin[k] = in_units(at[k]);
        block->motion[k] = in_units(at[3 + k]);
    }
    for (uint32_t k = 0; k < 2; k++) {
        block->tilt[k] = in_units(at[6 + k]);
        block->tilting[k] = in_units(at[8 + k]);
    }
}

/* Whether all that has bits enough on the wire. */
static int has_room(const double at[UNKNOWNS])
{
    for (uint32_t k = 0; k < UNKNOWNS; k++)
        if (!(pith_abs(at[k]) < PLACE_MAX))
            return 0;
    return 1;
}

/* Shares of the way, as they are when points are coded. */
static void share_way(struct pith_firing_fit *fit, struct pith_firing *firing,
                      const struct pith_firing_block *block, struct pith_firing_part part)
{
    pith_firing_begin(firing, block, part.first);
    for (size_t i = part.first; i < part.first + part.n; i++) {
        pith_firing_walk_to(firing, i);
        while (pith_firing_next(firing) != firing->lasers[i] && pith_firing_may_pass(firing))
            pith_firing_pass(firing);
        pith_firing_expect_flat(firing);
        pith_firing_expect_place(firing);
        fit->shares[i] = firing->walk.share;
        pith_firing_learn(firing);
    }
}

/* Whether lasers follow each other as sorted, but for those that saw nothing. */
static int are_in_order(const struct pith_firing *firing, struct pith_firing_part part, uint32_t n)
{
    uint64_t passed = 0;

    for (size_t i = part.first + 1; i < part.first + part.n; i++)
        passed += (firing->lasers[i] + 2 * n - firing->lasers[i - 1] - 1) % n;
    return (double)passed * DISORDER < (double)part.n * n;
}

/* From where the scanner is to its lasers.  Returns 0 if they are too few, or in no order. */
static int find_lasers(struct pith_firing_fit *fit, struct pith_firing *firing,
                       struct pith_firing_block *block, struct pith_firing_part part,
                       const double at[UNKNOWNS])
{
    double slopes[PITH_FIRING_LASERS];

    pith_firing_take_place(fit, at);
    set_place(block, at);
    block->n_lasers = find_slopes(fit, part, slopes);
    if (block->n_lasers < LASERS_LEAST)
        return 0;
    choose_lasers(fit, firing, part, slopes, block->n_lasers);
    sort_lasers(fit, firing, part, block->n_lasers);
    turn_rounds(fit, firing, part, block->n_lasers);
    if (!are_in_order(firing, part, block->n_lasers))
        return 0;
    share_way(fit, firing, block, part);
    return 1;
}

/* The coarsest tick that ranges are multiples of, and the range of tick 0. */
static void find_tick(const struct pith_firing_fit *fit, struct pith_firing_block *block,
                      struct pith_firing_part part)
{
    static const uint32_t ticks[] = {1000, 2000, 4000, 5000, 10000, 20000}; /* units */

    block->tick = block->near = 0;
    for (size_t t = 0; t < sizeof ticks / sizeof *ticks; t++) {
        double sums[2] = {0, 0};
        size_t n = part.n < TICK_SAMPLE ? part.n : TICK_SAMPLE;

        for (size_t k = 0; k < n; k++) {
            double d[3], range, sine, cosine;

            pith_firing_see(d, fit, part.first + part.n * k / n);
            range =
                pith_sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / (ticks[t] * PITH_FIRING_UNIT);
            pith_sin_cos((range - pith_floor(range)) * 2 * PITH_PI, &sine, &cosine);
            sums[0] += cosine;
            sums[1] += sine;
        }
        if (sums[0] * sums[0] + sums[1] * sums[1] > COHERENT * (double)n * COHERENT * (double)n) {
            double phase = pith_atan2(sums[1], sums[0]) / (2 * PITH_PI);

            block->tick = ticks[t];
            block->near = (uint32_t)pith_floor_int((phase < 0 ? phase + 1 : phase) * ticks[t]);
        }
    }
}

static int fit_block(struct pith_firing_fit *fit, struct pith_firing *firing,
                     struct pith_firing_block *block, struct pith_firing_part part)
{
    static const double reaches[] = {0.003, 0.003, 0.0015, 0.0008, 0.0006, 0.0006};
    double at[UNKNOWNS] = {0};

    memset(&firing->lasers[part.first], 0, part.n);
    *block = (struct pith_firing_block){.n = block->n, .n_lasers = 1};
    if (part.n < POINTS_LEAST && firing->n_blocks > 1)
        return 1;
    for (size_t i = 0; i < part.n; i++)
        fit->shares[part.first + i] = (double)i / (double)part.n;
    if (pith_firing_find_place(fit, part, at) < SHARP_LEAST)
        return 0;
    for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++) {
        if (k < CHOICES && !find_lasers(fit, firing, block, part, at))
            return 0;
        if (k == 0 && fit->shares[part.first + part.n - 1] < 0)
            for (uint32_t axis = 3; axis < 6; axis++)
                at[axis] = -at[axis];
        pith_firing_improve(fit, firing, part, at, reaches[k]);
    }
    if (!find_lasers(fit, firing, block, part, at))
        return 0;
    find_tick(fit, block, part);
    return has_room(at);
}

/* A point that is nowhere is taken to be where the one before it is.  Returns 0 if many are. */
static int take_reals(struct pith_firing_fit *fit, const struct pith_firing *firing)
{
    size_t n = firing->columns->n, n_bad = 0;

    for (size_t i = 0; i < n; i++) {
        double place[3];
        int is_bad = 0;

        for (uint32_t axis = 0; axis < 3; axis++) {
            place[axis] = pith_column_real(firing->columns, firing->fields[axis], i);
            is_bad |= !(place[axis] < FAR && place[axis] > -FAR);
        }
        for (uint32_t axis = 0; axis < 3; axis++)
            fit->reals[axis][i] = !is_bad ? place[axis] : i > 0 ? fit->reals[axis][i - 1] : 0;
        n_bad += (size_t)is_bad;
    }
    return n_bad <= n / BAD_SHARE;
}

static int fit_blocks(struct pith_firing_fit *fit, struct pith_firing *firing)
{
    size_t first = 0;

    for (uint32_t k = 0; k < firing->n_blocks; k++) {
        struct pith_firing_block *block = &firing->blocks[k];

        if (!fit_block(fit, firing, block, (struct pith_firing_part){first, block->n}))
            return 0;
        first += block->n;
    }
    return firing->n_blocks > 0;
}

/* Where turns of the head end, if there are several, by the directions of points from the middle of the frame. */
static void note_turns(struct pith_firing_fit *fit, size_t n)
{
    double last = 0, turned = 0;

    fit->n_turns = 0;
    for (size_t i = 0; i + WINDOW <= n && fit->n_turns < PITH_FIRING_BLOCKS - 1; i += WINDOW) {
        double sum[2] = {0, 0}, angle, by;

        for (size_t k = i; k < i + WINDOW; k++)
            add_direction(sum, fit, k, 1);
        angle = pith_atan2(sum[1], sum[0]);
        by = i > 0 ? angle - last : 0;
        turned += by > PITH_PI ? by - 2 * PITH_PI : by < -PITH_PI ? by + 2 * PITH_PI : by;
        last = angle;
        if (pith_abs(turned) >= 2 * PITH_PI * (fit->n_turns + 1))
            fit->turns[fit->n_turns++] = (uint32_t)i;
    }
    if (pith_abs(turned) < 2 * PITH_PI * TURNS_MOST)
        fit->n_turns = 0;
}

int pith_firing_fit(struct pith_firing_fit *fit, struct pith_firing *firing)
{
    fit->n_turns = 0;
    firing->n_blocks = take_reals(fit, firing) ? find_blocks(fit, firing) : 0;
    if (firing->n_blocks == 1)
        note_turns(fit, firing->columns->n);
    return fit_blocks(fit, firing);
}

int pith_firing_split_turns(struct pith_firing_fit *fit, struct pith_firing *firing)
{
    uint32_t start = 0;

    if (fit->n_turns == 0)
        return 0;
    for (uint32_t k = 0; k < fit->n_turns; k++) {
        firing->blocks[k].n = fit->turns[k] - start;
        start = fit->turns[k];
    }
    firing->blocks[fit->n_turns].n = (uint32_t)firing->columns->n - start;
    firing->n_blocks = fit->n_turns + 1;
    return take_reals(fit, firing) && fit_blocks(fit, firing);
}
