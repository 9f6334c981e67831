/* See ticks.h. */
#include "codec/points/ticks.h"

#include "base/compiler.h"
#include "base/sort.h"

#define STEP_MAX   ((uint64_t)1 << 40)
#define TICKS_MAX  16 /* of steps by which the tick is measured */
#define TICK_LEAST 16
#define LOOK_N     4096 /* values by which ticks are compared */
#define NEW_STREAM 4096 /* ticks from the nearest */
#define PLACES     256  /* ticks that are remembered */
#define NEAR_SHARE 50   /* what differs by less of it is one number */

static uint64_t size_of(uint64_t step)
{
    return step >> 63 ? 0 - step : step;
}

static int compare(const void *first, const void *second)
{
    const uint64_t *a = first, *b = second;

    return *a < *b ? -1 : *a > *b;
}

/* The mean of the most steps that are nearly the same, of n in order, shifted. */
static uint64_t find_most(const uint64_t *steps, size_t n)
{
    size_t best = 0, from = 0, most = 0;
    uint64_t sum = 0;

    for (size_t end = 0, first = 0; end < n; end++) {
        while (steps[end] - steps[first] > steps[first] / NEAR_SHARE)
            first++;
        if (end + 1 - first > best) {
            best = end + 1 - first;
            from = first;
            most = end + 1;
        }
    }
    for (size_t i = from; i < most; i++)
        sum += (steps[i] << PITH_TICK_SHIFT) / best;
    return sum;
}

/* How many ticks a step has, to the nearest. */
static uint64_t count_ticks(uint64_t size, uint64_t tick)
{
    return size < STEP_MAX ? ((size << PITH_TICK_SHIFT) + tick / 2) / tick : 0;
}

/* Where in its tick a value was that came last in it: ticks that were left may be come back to. */
struct place {
    uint64_t ticks, rest;
};

/* Values may go to and fro between several streams, as points do that were seen from two flights: each goes on from where it was.
 * The streams are in the order of their last values, the latest first. */
struct walk {
    uint64_t tick;
    uint32_t n_streams;
    struct place streams[PITH_STREAMS];
    struct place places[PLACES];
};

static void begin(struct walk *walk, uint64_t first, uint64_t tick, uint32_t n_streams)
{
    walk->tick = tick;
    walk->n_streams = n_streams;
    for (uint32_t k = 0; k < PLACES; k++)
        walk->places[k] = (struct place){UINT64_MAX, 0};
    walk->places[0] = (struct place){0, first};
    for (uint32_t k = 0; k < PITH_STREAMS; k++)
        walk->streams[k] = (struct place){0, first};
}

/* What is expected of the rest of a stream when so many ticks have gone by. */
static uint64_t expected_rest(const struct walk *walk, const struct place *stream, uint64_t ticks)
{
    const struct place *place = &walk->places[ticks % PLACES];

    return place->ticks == ticks ? place->rest : stream->rest;
}

/* A value of a stream, so many ticks on: it goes to the front, and does not take the stream's place if it is far from it. */
static void learn(struct walk *walk, uint32_t stream, uint64_t count, uint64_t rest)
{
    uint64_t ticks = walk->streams[stream].ticks + count;
    uint32_t last = size_of(count) > NEW_STREAM ? walk->n_streams - 1 : stream;

    for (uint32_t k = last; k > 0; k--)
        walk->streams[k] = walk->streams[k - 1];
    walk->streams[0] = (struct place){ticks, rest};
    walk->places[ticks % PLACES] = walk->streams[0];
}

/* Ticks from the start, in the column's unit; of whatever number. */
static uint64_t whole_of(const struct walk *walk, uint64_t ticks)
{
    uint64_t whole = size_of(ticks) * walk->tick >> PITH_TICK_SHIFT;

    return ticks >> 63 ? 0 - whole : whole;
}

/* The nearest stream to a value; *by: how far it is from there. */
static uint32_t nearest(const struct walk *walk, uint64_t value, uint64_t *by)
{
    uint32_t best = 0;

    *by = 0;
    for (uint32_t k = 0; k < walk->n_streams; k++) {
        const struct place *stream = &walk->streams[k];
        uint64_t off = value - stream->rest - whole_of(walk, stream->ticks);

        if (k > 0 && size_of(off) >= size_of(*by))
            continue;
        *by = off;
        best = k;
    }
    return best;
}

/* The ticks to a value from the nearest stream, and which that is; *off: how far its rest is from what is expected. */
static uint64_t take_value(struct walk *walk, uint64_t value, uint64_t *off)
{
    uint64_t by, count, rest;
    uint32_t stream = nearest(walk, value, &by);
    const struct place was = walk->streams[stream];

    count = count_ticks(size_of(by), walk->tick);
    count = by >> 63 ? 0 - count : count;
    rest = value - whole_of(walk, was.ticks + count);
    *off = rest - expected_rest(walk, &was, was.ticks + count);
    learn(walk, stream, count, rest);
    return count * walk->n_streams + stream;
}

/* The other way. */
static uint64_t give_value(struct walk *walk, uint64_t count, uint64_t off)
{
    uint32_t stream = (uint32_t)(count & (walk->n_streams - 1));
    struct place was = walk->streams[stream];
    uint64_t rest;

    count -= stream;
    count = count >> 63 ? 0 - (0 - count) / walk->n_streams : count / walk->n_streams;
    was.ticks += count;
    rest = expected_rest(walk, &was, was.ticks) + off;
    learn(walk, stream, count, rest);
    return rest + whole_of(walk, was.ticks);
}

/* Bits that values take, roughly: by steps if there is no tick. */
static uint64_t cost_of(const int64_t *values, size_t n, uint64_t tick, uint32_t n_streams)
{
    struct walk walk;
    uint64_t cost = 0, off;

    begin(&walk, (uint64_t)values[0], tick, n_streams);
    for (size_t i = 1; i < n; i++) {
        if (tick == 0) {
            cost += pith_bit_length(size_of((uint64_t)values[i] - (uint64_t)values[i - 1]));
        } else {
            cost += pith_bit_length(size_of(take_value(&walk, (uint64_t)values[i], &off)));
            cost += pith_bit_length(size_of(off));
        }
    }
    return cost;
}

/* A tick measured by all steps of the sample that are few of it. */
static uint64_t refine(const uint64_t *sample, size_t n, uint64_t tick)
{
    uint64_t sum = 0, all = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t ticks = count_ticks(sample[i], tick);
        uint64_t off = size_of(sample[i] - (ticks * tick >> PITH_TICK_SHIFT));

        if (ticks == 0 || ticks > TICKS_MAX || off > tick >> (PITH_TICK_SHIFT + 4))
            continue;
        sum += sample[i] << PITH_TICK_SHIFT; /* 2048 times 2^48 */
        all += ticks;
    }
    return all > 0 ? sum / all : tick;
}

/* The steps of one power of two, of n in order from *at on. */
static size_t octave_end(const uint64_t *steps, size_t n, size_t at)
{
    size_t end = at;

    while (end < n && pith_bit_length(steps[end]) == pith_bit_length(steps[at]))
        end++;
    return end;
}

struct pith_ticks pith_ticks_find(const int64_t *values, size_t n, uint64_t *sample)
{
    size_t stride = n / PITH_TICK_SAMPLE + 1, n_sample = 0, look = n < LOOK_N ? n : LOOK_N;
    struct pith_ticks best = {0, 1};
    uint64_t least;

    for (size_t i = 1; i < n; i += stride) {
        uint64_t size = size_of((uint64_t)values[i] - (uint64_t)values[i - 1]);

        if (size > 0 && size < STEP_MAX && n_sample < PITH_TICK_SAMPLE)
            sample[n_sample++] = size;
    }
    pith_sort_items(sample, n_sample, sizeof *sample, compare);
    least = cost_of(values, look, 0, 1);
    least -= least / 8;
    for (size_t at = 0, end; at < n_sample; at = end) {
        uint64_t tick, cost;

        end = octave_end(sample, n_sample, at);
        if (sample[at] < TICK_LEAST || end - at < PITH_TICK_SAMPLE / 64)
            continue;
        tick = refine(sample, n_sample, find_most(sample + at, end - at));
        for (uint32_t n_streams = 1; n_streams <= PITH_STREAMS; n_streams *= PITH_STREAMS) {
            cost = cost_of(values, look, tick, n_streams);
            if (cost < least) {
                least = cost;
                best = (struct pith_ticks){tick, n_streams};
            }
        }
    }
    return best;
}

void pith_ticks_part(int64_t *values, int64_t *rests, size_t n, const struct pith_ticks *ticks)
{
    struct walk walk;

    begin(&walk, (uint64_t)values[0], ticks->tick, ticks->n_streams);
    rests[0] = values[0];
    values[0] = 0;
    for (size_t i = 1; i < n; i++) {
        uint64_t off, count = take_value(&walk, (uint64_t)values[i], &off);

        values[i] = (int64_t)count;
        rests[i] = (int64_t)off;
    }
}

void pith_ticks_join(int64_t *values, const int64_t *rests, size_t n,
                     const struct pith_ticks *ticks)
{
    struct walk walk;

    begin(&walk, (uint64_t)rests[0], ticks->tick, ticks->n_streams);
    values[0] = rests[0];
    for (size_t i = 1; i < n; i++)
        values[i] = (int64_t)give_value(&walk, (uint64_t)values[i], (uint64_t)rests[i]);
}
