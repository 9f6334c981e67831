/* See recurrent.h. */
#include "model/recurrent.h"

#include "cpu/cpu.h"
#include "num/fpmode.h"
#include "num/neural.h"

#define BYTES       256u
#define NARROW      32u /* the width at level 8 */
#define DIRECT_ROWS (PITH_RECURRENT_DIRECT * BYTES)

/* Learning: found by trials on text, XML and machine code. */
#define HEAD_RATE       0.03f
#define HEAD_HALF_LIFE  200.0f  /* a byte's rate falls as 1 / sqrt(1 + times seen / this) */
#define HEAD_SMALLEST   0.0005f /* smaller gradients of a logit are left out: most of them */
#define ROW_RATE        0.035f
#define ROW_HALF_LIFE   20.0f
#define RATE_END        0.1f /* rates fall to this part */
#define BIAS_RATE       0.3f /* of a row's */
#define SQUARE_RATE     0.002f
#define SQUARE_START    1e-4f
#define SQUARE_LEAST    1e-12f
#define ROW_SEEN_LIMIT  65535u
#define BYTE_SEEN_LIMIT (1u << 24)
#define LOGIT_LIMIT     40.0f
#define LEAF_SHARES     4194304.0f /* 2^22 for a probability of 1 */

static void count_rows(struct pith_recurrent *net, uint32_t rows_log2)
{
    net->rows_log2 = rows_log2;
    net->n_rows = DIRECT_ROWS + ((uint32_t)PITH_RECURRENT_HASHES << rows_log2);
    net->n_gate_rows = net->is_fully_gated ? net->n_rows : DIRECT_ROWS;
}

void pith_recurrent_layout(struct pith_recurrent *net, struct pith_arena *arena, uint32_t width,
                           uint32_t rows_log2, int is_fully_gated)
{
    const uint64_t cells = (uint64_t)PITH_RECURRENT_STEPS * width;

    net->width = width;
    net->is_fully_gated = is_fully_gated;
    count_rows(net, rows_log2);
    net->n_gate_features = is_fully_gated ? PITH_RECURRENT_FEATURES : PITH_RECURRENT_DIRECT;
    net->values = pith_arena_take(arena, (uint64_t)net->n_rows * width, sizeof(float));
    net->gates = pith_arena_take(arena, (uint64_t)net->n_gate_rows * width, sizeof(float));
    net->value_bias = pith_arena_take(arena, width, sizeof(float));
    net->gate_bias = pith_arena_take(arena, width, sizeof(float));
    net->value_square = pith_arena_take(arena, width, sizeof(float));
    net->gate_square = pith_arena_take(arena, width, sizeof(float));
    net->row_seen = pith_arena_take(arena, net->n_rows, sizeof *net->row_seen);
    net->memory = pith_arena_take(arena, width, sizeof(float));
    net->head = pith_arena_take(arena, (uint64_t)BYTES * width, sizeof(float));
    net->head_bias = pith_arena_take(arena, BYTES, sizeof(float));
    net->byte_seen = pith_arena_take(arena, BYTES, sizeof *net->byte_seen);
    net->byte_rate = pith_arena_take(arena, BYTES, sizeof(float));
    net->probabilities = pith_arena_take(arena, BYTES, sizeof(float));
    net->tree = pith_arena_take(arena, 2 * BYTES, sizeof *net->tree);
    net->tape.gate = pith_arena_take(arena, cells, sizeof(float));
    net->tape.value = pith_arena_take(arena, cells, sizeof(float));
    net->tape.before = pith_arena_take(arena, cells, sizeof(float));
    net->tape.pull = pith_arena_take(arena, cells, sizeof(float));
    net->rows = pith_arena_take(arena, PITH_RECURRENT_STEPS, sizeof *net->rows);
}

/* Leaves the gradients of the logits in place of the probabilities, each of which is its probability
 * minus what came, and lists those to learn from.  Without a branch: most can be foreseen by nobody. */
PITH_INLINE uint32_t list_gradients(struct pith_recurrent *net, uint32_t came, uint8_t *listed)
{
    uint32_t n = 0;

    net->probabilities[came] -= 1.0f;
    for (uint32_t byte = 0; byte < BYTES; byte++) {
        float gradient = net->probabilities[byte];

        listed[n] = (uint8_t)byte;
        n += (gradient >= HEAD_SMALLEST) | (gradient <= -HEAD_SMALLEST);
    }
    return n;
}

/* What follows from the gradients for the memory goes onto the tape. */
PITH_INLINE void learn_head(struct pith_recurrent *net, uint32_t came, size_t width)
{
    const float *restrict memory = net->memory;
    float *restrict pull = net->tape.pull + net->n_steps * width;
    uint8_t listed[BYTES];
    uint32_t n = list_gradients(net, came, listed);

    memset(pull, 0, width * sizeof *pull);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t byte = listed[k];
        float gradient = net->probabilities[byte], move = gradient * net->byte_rate[byte];
        float *restrict head = net->head + byte * width;

        net->head_bias[byte] -= move;
        for (size_t i = 0; i < width; i++) {
            pull[i] += gradient * head[i];
            head[i] -= move * memory[i];
        }
    }
    net->byte_seen[came] += net->byte_seen[came] < BYTE_SEEN_LIMIT;
    net->byte_rate[came] =
        HEAD_RATE *
        (RATE_END + (1.0f - RATE_END) * pith_reciprocal_sqrt(1.0f + (float)net->byte_seen[came] *
                                                                        (1.0f / HEAD_HALF_LIFE)));
}

/* Backwards over the tape: leaves the gradients of the gates' and values' sums in place of a and b. */
PITH_INLINE void propagate_back(struct pith_recurrent *net, size_t width)
{
    float carried[PITH_RECURRENT_WIDTH_MAX] = {0};

    for (uint32_t step = net->n_steps; step-- > 0;) {
        float *restrict gate = net->tape.gate + step * width;
        float *restrict value = net->tape.value + step * width;
        const float *restrict before = net->tape.before + step * width;
        const float *restrict pull = net->tape.pull + step * width;

        for (size_t i = 0; i < width; i++) {
            float a = gate[i], b = value[i], gradient = carried[i] + pull[i];

            carried[i] = gradient * a;
            gate[i] = gradient * (before[i] - b) * a * (1.0f - a);
            value[i] = gradient * (1.0f - a) * (1.0f - b * b);
        }
    }
}

/* Turns gradients into steps, in place: divided by the root of their mean square. */
PITH_INLINE void scale_steps(float *restrict gradient, float *restrict square, float *restrict bias,
                             size_t width)
{
    for (size_t i = 0; i < width; i++) {
        float g = gradient[i], s = square[i] + (g * g - square[i]) * SQUARE_RATE;

        square[i] = s;
        g = g * ROW_RATE * pith_reciprocal_sqrt(s + SQUARE_LEAST);
        bias[i] -= g * BIAS_RATE;
        gradient[i] = g;
    }
}

PITH_INLINE void move_row(float *restrict row, const float *restrict steps, float rate,
                          size_t width)
{
    for (size_t i = 0; i < width; i++)
        row[i] -= steps[i] * rate;
}

PITH_INLINE void learn_rows(struct pith_recurrent *net, size_t width)
{
    propagate_back(net, width);
    for (uint32_t step = 0; step < net->n_steps; step++) {
        float *gate = net->tape.gate + step * width, *value = net->tape.value + step * width;

        scale_steps(gate, net->gate_square, net->gate_bias, width);
        scale_steps(value, net->value_square, net->value_bias, width);
        for (uint32_t f = 0; f < PITH_RECURRENT_FEATURES; f++) {
            uint32_t row = net->rows[step][f];
            float seen = (float)net->row_seen[row];
            float rate = pith_reciprocal_sqrt(1.0f + seen * (1.0f / ROW_HALF_LIFE));

            rate = rate > RATE_END ? rate : RATE_END;
            if (net->row_seen[row] < ROW_SEEN_LIMIT)
                net->row_seen[row]++;
            move_row(net->values + row * width, value, rate, width);
            if (f < net->n_gate_features)
                move_row(net->gates + row * width, gate, rate, width);
        }
    }
    net->n_steps = 0;
}

PITH_INLINE void sum_rows(float *restrict sums, const float *bias, const float *table,
                          const uint32_t *rows, uint32_t n, size_t width)
{
    for (size_t i = 0; i < width; i += PITH_NEURAL_LANES) {
        float sum[PITH_NEURAL_LANES];

        for (size_t l = 0; l < PITH_NEURAL_LANES; l++)
            sum[l] = bias[i + l];
        for (uint32_t f = 0; f < n; f++)
            for (size_t l = 0; l < PITH_NEURAL_LANES; l++)
                sum[l] += table[rows[f] * width + i + l];
        for (size_t l = 0; l < PITH_NEURAL_LANES; l++)
            sums[i + l] = sum[l];
    }
}

PITH_INLINE void remember(struct pith_recurrent *net, size_t width)
{
    const size_t at = net->n_steps * width;
    const uint32_t *rows = net->rows[net->n_steps];
    float *restrict gate = net->tape.gate + at, *restrict value = net->tape.value + at;
    float *restrict before = net->tape.before + at, *restrict memory = net->memory;

    sum_rows(gate, net->gate_bias, net->gates, rows, net->n_gate_features, width);
    sum_rows(value, net->value_bias, net->values, rows, PITH_RECURRENT_FEATURES, width);
    for (size_t i = 0; i < width; i++) {
        float a = pith_logistic(gate[i]), b = pith_tanh(value[i]), h = memory[i];

        gate[i] = a;
        value[i] = b;
        before[i] = h;
        memory[i] = a * h + (1.0f - a) * b;
    }
}

/* Logits are limited so far that their exponentials and the sum of these fit without more care. */
PITH_INLINE void softmax(struct pith_recurrent *net, size_t width)
{
    float *p = net->probabilities, lane[PITH_NEURAL_LANES] = {0}, scale;

    pith_dots(p, net->head, BYTES, net->memory, width);
    for (uint32_t byte = 0; byte < BYTES; byte++)
        p[byte] = pith_exp(pith_float_clamp(net->head_bias[byte] + p[byte], LOGIT_LIMIT));
    for (uint32_t byte = 0; byte < BYTES; byte += PITH_NEURAL_LANES)
        for (uint32_t l = 0; l < PITH_NEURAL_LANES; l++)
            lane[l] += p[byte + l];
    scale = 1.0f / pith_lanes_sum(lane);
    for (uint32_t byte = 0; byte < BYTES; byte++) {
        p[byte] *= scale;
        net->tree[BYTES + byte] = 1 + (uint32_t)(int32_t)(p[byte] * LEAF_SHARES);
    }
}

/* Each class reaches 1.45 times as far as the one below, the last to everything above 0.7. */
PITH_INLINE uint32_t class_of(uint32_t rest_q16)
{
    static const uint16_t limits[PITH_RECURRENT_CLASSES - 1] = {
        253, 366, 531, 770, 1117, 1619, 2348, 3405, 4937, 7158, 10380, 15050, 21823, 31643, 45882,
    };
    uint32_t class = 0;

    while (class < PITH_RECURRENT_CLASSES - 1 && rest_q16 >= limits[class])
        class ++;
    return class;
}

/* The first of the likeliest bytes.  Found by its share, so that no branch hangs on the last compare. */
PITH_INLINE uint32_t find_likeliest(const uint32_t *shares)
{
    uint32_t most = 0, byte = 0;

    for (uint32_t i = 0; i < BYTES; i++)
        most = shares[i] > most ? shares[i] : most;
    while (shares[byte] != most)
        byte++;
    return byte;
}

PITH_INLINE void sum_tree(struct pith_recurrent *net)
{
    uint32_t *tree = net->tree;

    for (uint32_t first = BYTES / 2; first > 0; first /= 2)
        for (uint32_t i = 0; i < first; i++)
            tree[first + i] = tree[2 * (first + i)] + tree[2 * (first + i) + 1];
    net->likeliest = find_likeliest(tree + BYTES);
    net->class =
        class_of(65536 - (uint32_t)(((uint64_t)tree[BYTES + net->likeliest] << 16) / tree[1]));
}

/* width: of the network, a constant where it is one of the usual ones. */
PITH_INLINE void learn_and_predict(struct pith_recurrent *net, uint32_t last, size_t width)
{
    if (net->is_begun) {
        learn_head(net, last, width);
        if (++net->n_steps == PITH_RECURRENT_STEPS)
            learn_rows(net, width);
    }
    memcpy(net->rows[net->n_steps], net->next_rows, sizeof net->next_rows);
    remember(net, width);
    softmax(net, width);
    sum_tree(net);
}

PITH_INLINE void step(struct pith_recurrent *net, uint32_t last)
{
    if (net->width == NARROW)
        learn_and_predict(net, last, NARROW);
    else
        learn_and_predict(net, last, net->width);
}

static void step_plain(struct pith_recurrent *net, uint32_t last)
{
    step(net, last);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static void step_avx2(struct pith_recurrent *net, uint32_t last)
{
    step(net, last);
}
#endif

/* The same code for every instruction set: it is the compiler that makes vectors of its loops. */
static pith_recurrent_step *best_step(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (pith_cpu_features() & PITH_CPU_AVX2)
        return step_avx2;
#endif
    return step_plain;
}

/* Even over -1..1. */
static float random_float(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return (float)((int32_t)(*random >> 8) - (1 << 23)) / 8388608.0f;
}

static void randomize(float *to, size_t n, float scale, uint32_t *random)
{
    for (size_t i = 0; i < n; i++)
        to[i] = random_float(random) * scale;
}

static void fill(float *to, size_t n, float value)
{
    for (size_t i = 0; i < n; i++)
        to[i] = value;
}

/* Rows found by hash begin with nothing to say.  The gates' biases spread the channels evenly from
 * memories of a byte or two to such of a hundred. */
void pith_recurrent_init(struct pith_recurrent *net, uint32_t rows_log2)
{
    const size_t width = net->width, direct = DIRECT_ROWS * width;
    uint64_t mode = pith_fpmode_pin();
    uint32_t random = 1;

    count_rows(net, rows_log2);
    memset(net->values, 0, net->n_rows * width * sizeof(float));
    memset(net->gates, 0, net->n_gate_rows * width * sizeof(float));
    randomize(net->values, direct, 0.5f, &random);
    randomize(net->gates, direct, 0.25f, &random);
    randomize(net->head, BYTES * width, 0.02f, &random);
    fill(net->value_bias, width, 0.0f);
    for (size_t i = 0; i < width; i++)
        net->gate_bias[i] = 7.0f * (float)(i * 37 % width) / (float)width - 2.0f;
    fill(net->value_square, width, SQUARE_START);
    fill(net->gate_square, width, SQUARE_START);
    fill(net->memory, width, 0.0f);
    fill(net->head_bias, BYTES, 0.0f);
    fill(net->byte_rate, BYTES, HEAD_RATE);
    memset(net->row_seen, 0, net->n_rows * sizeof *net->row_seen);
    memset(net->byte_seen, 0, BYTES * sizeof *net->byte_seen);
    net->n_steps = net->is_begun = 0;
    net->likeliest = net->class = 0;
    net->step = best_step();
    pith_fpmode_restore(mode);
}

static void fetch_row(const struct pith_recurrent *net, uint32_t row, int is_gated)
{
    const size_t width = net->width;

    for (size_t i = 0; i < width; i += 16) {
        PITH_PREFETCH(net->values + row * width + i);
        if (is_gated)
            PITH_PREFETCH(net->gates + row * width + i);
    }
}

static void find_rows(struct pith_recurrent *net, uint64_t last8, uint32_t expected,
                      const uint32_t *hashes)
{
    uint32_t *rows = net->next_rows;

    for (uint32_t f = 0; f < 3; f++)
        rows[f] = f * BYTES + (uint32_t)(last8 >> 8 * f & 255);
    rows[3] = 3 * BYTES + (expected & 255);
    for (uint32_t f = 0; f < PITH_RECURRENT_HASHES; f++) {
        uint32_t row = (hashes[f] * 0x9e3779b1u) >> (32 - net->rows_log2);

        rows[PITH_RECURRENT_DIRECT + f] = DIRECT_ROWS + (f << net->rows_log2) + row;
    }
    for (uint32_t f = 0; f < PITH_RECURRENT_FEATURES; f++)
        fetch_row(net, rows[f], f < net->n_gate_features);
}

void pith_recurrent_next(struct pith_recurrent *net, uint64_t last8, uint32_t expected,
                         const uint32_t hashes[PITH_RECURRENT_HASHES])
{
    uint64_t mode = pith_fpmode_pin();

    find_rows(net, last8, expected, hashes);
    net->step(net, (uint32_t)last8 & 255);
    net->is_begun = 1;
    pith_fpmode_restore(mode);
}
