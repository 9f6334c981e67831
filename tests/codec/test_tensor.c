/* The tensor codec: elements of every type and shape come back, whatever their bits; damage is an error or
 * other numbers, within bounds. */
#include "support/testing.h"

#include "base/bytes.h"
#include "codec/tensor/records.h"
#include "codec/tensor/tensor.h"

#define LEN_MAX ((size_t)1 << 16)

static uint8_t raw[LEN_MAX], back[LEN_MAX], payload[2 * LEN_MAX];
static struct pith_tensor_run runs[PITH_TENSOR_RUNS_MAX];
static struct pith_tensor_layout layout = {.runs = runs};

static uint8_t base_file[LEN_MAX];

static int read_base(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    (void)opaque;
    assert_true(offset <= sizeof base_file && len <= sizeof base_file - offset);
    memcpy(buffer, base_file + offset, len);
    return 0;
}

/* What runs are compared with. */
static const struct pith_codec_base base = {.len = LEN_MAX, .read_at = read_base};

/* Working memory is filled to here before use: all of it takes most of the time. */
static size_t fill_len = 1 << 20;

static size_t filled(uint64_t need)
{
    return need < fill_len ? (size_t)need : fill_len;
}

struct packed {
    struct pith_codec_packed packed;
    void *memory;
    uint64_t need;
};

/* Numbers around 0 as in weights, and now and then any bits at all: infinities and what is no number, too. */
static void fill_elements(uint8_t *data, const struct pith_tensor_run *run, uint64_t *random)
{
    uint32_t width = pith_tensor_forms[run->type].width;
    const struct pith_tensor_form *form = &pith_tensor_forms[run->type];
    uint64_t n = pith_tensor_run_n(run);

    for (uint64_t i = 0; i < n; i++) {
        uint64_t bits = next_random(random);

        if (form->exponent_bits && i % 61 != 0) {
            uint64_t middle = ((uint64_t)1 << (form->exponent_bits - 1)) - 4;
            uint64_t exponent = middle - random_below(random, 7) + (i & 3);

            bits = (bits & 1) << form->exponent_bits | exponent;
            bits = bits << form->low_bits |
                   (next_random(random) & (((uint64_t)1 << form->low_bits) - 1));
        } else if (!form->exponent_bits && i % 61 != 0) {
            bits = 120 + random_below(random, 9) + random_below(random, 9);
        }
        pith_store_le(data + i * width, bits, width);
    }
}

static pith_status encode(struct packed *p, int level, size_t len, size_t cap, pith_error *error)
{
    const struct pith_codec_base *with = layout.has_base ? &base : NULL;
    struct pith_codec_hooks hooks = {.layout = &layout, .base = with};
    uint64_t need;

    pith_codec_tensor.plan(&p->packed, level, len, NULL, with);
    p->need = pith_codec_tensor.encode_need(level, len, layout.has_base);
    assert_int_equal(
        pith_codec_tensor.decode_need(&need, p->packed.params, p->packed.params_len, len, error),
        PITH_OK);
    p->need = p->need > need ? p->need : need;
    p->memory = aligned_alloc(64, (size_t)p->need);
    assert_non_null(p->memory);
    memset(p->memory, 0x5a, filled(p->need));
    return pith_codec_tensor.encode(&p->packed, payload, cap, raw, len, p->memory, &hooks, error);
}

static pith_status decode(const struct packed *p, size_t len, size_t payload_len, uint32_t *state,
                          pith_error *error)
{
    struct pith_codec_hooks hooks = {.base = &base};
    uint64_t need;
    uint8_t *copy = get_memory(payload_len);
    pith_status status;

    assert_int_equal(
        pith_codec_tensor.decode_need(&need, p->packed.params, p->packed.params_len, len, error),
        PITH_OK);
    assert_true(need <= p->need);
    memcpy(copy, payload, payload_len);
    memset(p->memory, 0xa5, filled(p->need));
    status = pith_codec_tensor.decode(state, back, len, p->packed.params, p->packed.params_len,
                                      copy, payload_len, p->memory, &hooks, error);
    free(copy);
    return status;
}

static size_t add_run(enum pith_tensor_type type, uint64_t d0, uint64_t d1, uint64_t d2,
                      uint64_t d3, size_t at, uint64_t *random)
{
    struct pith_tensor_run *run = &runs[layout.n_runs++];

    *run = (struct pith_tensor_run){.dims = {d0, d1, d2, d3}, .type = (uint8_t)type};
    assert_true(at + pith_tensor_run_len(run) <= LEN_MAX);
    fill_elements(raw + at, run, random);
    return at + (size_t)pith_tensor_run_len(run);
}

static void check_comes_back(int level, size_t len, const char *what)
{
    struct packed p;
    pith_error error = {.status = PITH_OK};
    uint32_t state = 0;

    CHECK(encode(&p, level, len, sizeof payload, &error) == PITH_OK, "%s: %s", what, error.text);
    CHECK(decode(&p, len, p.packed.payload_len, &state, &error) == PITH_OK, "%s: %s", what,
          error.text);
    CHECK(memcmp(raw, back, len) == 0, "%s, level %d", what, level);
    assert_int_equal(state, p.packed.final_state);
    free(p.memory);
}

static void every_type_comes_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    fill_len = SIZE_MAX;
    for (int level = 1; level <= 9; level += 2)
        for (uint32_t type = 0; type < PITH_TENSOR_PLAIN_TYPES; type++) {
            char what[32];
            size_t len;

            snprintf(what, sizeof what, "type %u", type);
            layout.n_runs = 0;
            len = add_run((enum pith_tensor_type)type, 1, 1, 1, 1, 0, &random);
            len = add_run((enum pith_tensor_type)type, 7, 3, 3, 3, len, &random);
            len = add_run((enum pith_tensor_type)type, 40, 1, 1, 30, len, &random);
            len = add_run((enum pith_tensor_type)type, 1, 1, 1, 333, len, &random);
            check_comes_back(level, len, what);
        }
    fill_len = 1 << 20;
}

/* Makes all runs have a base, which is at another place, and the bytes those of the base but for some elements that move a
 * little, or anywhere. */
static void give_base(size_t len, uint64_t *random)
{
    size_t at = 0;

    layout.has_base = 1;
    memcpy(base_file + 100, raw, len);
    for (uint32_t r = 0; r < layout.n_runs; r++) {
        struct pith_tensor_run *run = &layout.runs[r];
        uint32_t width = pith_tensor_forms[run->type].width;
        uint64_t n = pith_tensor_run_n(run);

        run->has_base = 1;
        run->base_at = 100 + at;
        for (uint64_t i = 0; i < n; i++, at += width) {
            uint64_t bits = pith_load_le(raw + at, width);

            if (i % 5 == 0)
                pith_store_le(raw + at, bits + random_below(random, 9) - 4, width);
            if (i % 97 == 0)
                pith_store_le(raw + at, next_random(random), width);
        }
    }
    assert_true(at == len);
}

static void differences_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int level = 1; level <= 9; level += 2)
        for (uint32_t type = 0; type < PITH_TENSOR_PLAIN_TYPES; type++) {
            char what[32];
            size_t len;

            snprintf(what, sizeof what, "type %u with a base", type);
            layout.n_runs = 0;
            len = add_run((enum pith_tensor_type)type, 1, 1, 1, 1, 0, &random);
            len = add_run((enum pith_tensor_type)type, 50, 3, 3, 3, len, &random);
            len = add_run((enum pith_tensor_type)type, 40, 1, 1, 30, len, &random);
            give_base(len, &random);
            check_comes_back(level, len, what);
            check_comes_back(level, len - 1000, what); /* less than the layout says */
            layout.has_base = 0;
        }
}

/* Elements of one of a few patterns of bits, whatever they are. */
static void make_few(size_t len, uint32_t n_values, uint64_t *random)
{
    uint64_t values[300];
    size_t at = 0;

    for (uint32_t i = 0; i < n_values; i++)
        values[i] = next_random(random);
    for (uint32_t r = 0; r < layout.n_runs; r++) {
        uint32_t width = pith_tensor_forms[layout.runs[r].type].width;

        for (uint64_t i = pith_tensor_run_n(&layout.runs[r]); i > 0; i--, at += width)
            pith_store_le(raw + at, values[random_below(random, n_values)], width);
    }
    assert_true(at == len);
}

static void few_values_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int level = 1; level <= 5; level += 2)
        for (uint32_t type = 0; type < PITH_TENSOR_PLAIN_TYPES; type++)
            for (uint32_t n_values = 1; n_values <= 300; n_values = 9 * n_values + 9) {
                size_t len;

                layout.n_runs = 0;
                len = add_run((enum pith_tensor_type)type, 30, 1, 2, 30, 0, &random);
                len = add_run((enum pith_tensor_type)type, 20, 1, 1, 30, len, &random);
                make_few(len, n_values, &random);
                check_comes_back(level, len, "few values");
            }
}

/* Rows of small multiples of a scale, as those are that have been quantised. */
static size_t make_grid(uint32_t n_rows, uint32_t row_len, uint64_t *random)
{
    size_t len;

    layout.n_runs = 0;
    len = add_run(PITH_TENSOR_F32, n_rows, 1, 1, row_len, 0, random);
    for (uint32_t r = 0; r < n_rows; r++) {
        float scale = r == 3 ? 0 : (float)(1 + random_below(random, 1u << 24)) * 1e-9f;

        for (uint32_t i = 0; i < row_len; i++) {
            float element = (float)((int32_t)random_below(random, 255) - 127) * scale;
            uint32_t bits;

            memcpy(&bits, &element, sizeof bits);
            pith_store_le32(raw + 4 * ((size_t)r * row_len + i), bits);
        }
    }
    return len;
}

static void grids_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int level = 1; level <= 5; level += 2)
        for (uint32_t row_len = 8; row_len <= 512; row_len *= 4) {
            size_t len = make_grid(25, row_len, &random);
            struct packed p;
            pith_error error;

            check_comes_back(level, len, "a grid");
            assert_int_equal(encode(&p, level, len, sizeof payload, &error), PITH_OK);
            CHECK(row_len < 64 || p.packed.payload_len < 25 * row_len + 1500,
                  "level %d, rows of %u: %zu bytes", level, row_len, p.packed.payload_len);
            free(p.memory);
            raw[len - 2] ^= 1; /* the last row is none any more */
            check_comes_back(level, len, "nearly a grid");
        }
}

/* Values that all want the same place of a table must not take long: the palette is given up. */
static void meant_collisions_come_back(void **state)
{
    const uint64_t inverse = 0xf1de83e19937733d; /* of the table's factor, modulo 2^64 */
    uint64_t random = test_seed();
    size_t len;

    (void)state;
    assert_true(inverse * 0x9e3779b97f4a7c15u == 1);
    layout.n_runs = 0;
    len = add_run(PITH_TENSOR_I64, 1, 1, 1, LEN_MAX / 8, 0, &random);
    for (size_t i = 0; i < len / 8; i++)
        pith_store_le(raw + 8 * i, inverse * (1 + random_below(&random, 300)), 8);
    check_comes_back(1, len, "collisions");
}

static void types_may_follow_each_other(void **state)
{
    uint64_t random = test_seed();
    size_t len = 0;

    (void)state;
    layout.n_runs = 0;
    for (uint32_t i = 0; i < 40; i++)
        len = add_run((enum pith_tensor_type)random_below(&random, PITH_TENSOR_PLAIN_TYPES),
                      1 + random_below(&random, 9), 1 + random_below(&random, 3), 1,
                      1 + random_below(&random, 12), len, &random);
    check_comes_back(7, len, "all types");
    check_comes_back(3, len, "all types");
}

/* The layout is the encoder's best guess: bytes may end before it, or go on behind it. */
static void layouts_need_not_fit(void **state)
{
    uint64_t random = test_seed();
    size_t len;

    (void)state;
    layout.n_runs = 0;
    len = add_run(PITH_TENSOR_F32, 10, 1, 1, 10, 0, &random);
    len = add_run(PITH_TENSOR_BF16, 20, 1, 1, 30, len, &random);
    for (int level = 1; level <= 5; level += 4) {
        layout.n_runs = 2;
        check_comes_back(level, len + 100, "more");
        for (size_t less = 0; less < 1300; less += 37)
            check_comes_back(level, len - less, "less");
        layout.n_runs = 0;
        check_comes_back(level, 100, "no layout");
        check_comes_back(level, 1, "one byte");
    }
}

static void full_payloads_are_refused(void **state)
{
    uint64_t random = test_seed();
    struct packed p;
    pith_error error;
    size_t len;

    (void)state;
    layout.n_runs = 0;
    len = add_run(PITH_TENSOR_F32, 100, 1, 1, 10, 0, &random);
    for (size_t cap = 0; cap < 3000; cap += 500) {
        assert_int_equal(encode(&p, 5, len, cap, &error), PITH_E_OUTPUT_FULL);
        free(p.memory);
        assert_int_equal(encode(&p, 2, len, cap, &error), PITH_E_OUTPUT_FULL);
        free(p.memory);
    }
}

static const struct pith_tensor_record records[] = {
    {34, 2, {{PITH_TENSOR_F16, 1}, {PITH_TENSOR_I8, 32}}},
    {24,
     4,
     {{PITH_TENSOR_F16, 1}, {PITH_TENSOR_F16, 1}, {PITH_TENSOR_U8, 4}, {PITH_TENSOR_U8, 16}}},
    {292, 3, {{PITH_TENSOR_F32, 1}, {PITH_TENSOR_I8, 256}, {PITH_TENSOR_I16, 16}}},
};

/* Blocks of the fields of a record. */
static size_t add_records(uint32_t which, uint32_t n_rows, uint32_t n_blocks, size_t at,
                          uint64_t *random)
{
    const struct pith_tensor_record *record = &records[which];
    struct pith_tensor_run *run = &runs[layout.n_runs];
    size_t end = add_run(PITH_TENSOR_U8, n_rows, n_blocks, 1, record->len, at, random);

    run->record = record;
    for (size_t i = 0; i < (size_t)n_rows * n_blocks; i++)
        for (uint32_t k = 0; k < record->n_fields; k++) {
            const struct pith_tensor_run field = {.dims = {1, 1, 1, record->fields[k].n},
                                                  .type = record->fields[k].type};

            fill_elements(raw + at, &field, random);
            at += (size_t)pith_tensor_run_len(&field);
        }
    assert_true(at == end);
    return end;
}

static void records_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int level = 1; level <= 5; level += 2)
        for (uint32_t which = 0; which < COUNT(records); which++)
            for (uint32_t n = 1; n <= 27; n += 13) {
                size_t len;

                layout.n_runs = 0;
                len = add_run(PITH_TENSOR_F32, 3, 1, 1, 5, 0, &random);
                len = add_records(which, n, 4, len, &random);
                len = add_records(0, 1, 1, len, &random);
                check_comes_back(level, len, "records");
                check_comes_back(level, len - 3, "records, the last cut");
                check_comes_back(level, len - 38, "records, cut in a row");
                give_base(len, &random);
                check_comes_back(level, len, "records with a base");
                layout.has_base = 0;
            }
}

/* The fast path sees no places in blocks: fields of their own are smaller than bytes that are now scales and now not. */
static void records_take_less_apart(void **state)
{
    uint64_t random = test_seed();
    struct packed apart, together;
    pith_error error;
    size_t len;

    (void)state;
    layout.n_runs = 0;
    len = add_records(0, 40, 40, 0, &random);
    assert_int_equal(encode(&apart, 3, len, sizeof payload, &error), PITH_OK);
    runs[0].record = NULL;
    assert_int_equal(encode(&together, 3, len, sizeof payload, &error), PITH_OK);
    CHECK(apart.packed.payload_len < together.packed.payload_len, "%zu and %zu bytes",
          apart.packed.payload_len, together.packed.payload_len);
    free(apart.memory);
    free(together.memory);
}

static void records_are_parted_with_any_scratch_memory(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t which = 0; which < COUNT(records); which++)
        for (uint32_t n = 1; n <= 200; n += n < 5 ? 1 : 39) {
            const struct pith_tensor_run run = {.dims = {n, 1, 1, records[which].len},
                                                .record = &records[which]};
            struct pith_tensor_run fields[PITH_TENSOR_FIELDS_MAX];
            size_t len = (size_t)pith_tensor_run_len(&run);

            pith_tensor_records_describe(fields, &run);
            assert_int_equal(pith_tensor_records_len(fields), len);
            for (size_t i = 0; i < len; i++)
                raw[i] = (uint8_t)next_random(&random);
            for (size_t scratch_len = 0; scratch_len < 4 * len; scratch_len = 3 * scratch_len + 1) {
                struct pith_tensor_scratch scratch = {get_memory(scratch_len), scratch_len};
                size_t at = 0, past = 0;

                memcpy(back, raw, len);
                pith_tensor_records_part(fields, back, &scratch);
                for (uint32_t k = 0; k < fields->n_fields; k++) {
                    size_t one = (size_t)pith_tensor_run_len(&fields[k]) / n;

                    for (uint32_t i = 0; i < n; i++, at += one)
                        CHECK(memcmp(back + at, raw + (size_t)i * records[which].len + past, one) ==
                                  0,
                              "record %u of %u, field %u", i, n, k);
                    past += one;
                }
                pith_tensor_records_join(fields, back, &scratch);
                CHECK(memcmp(back, raw, len) == 0, "%u records, %zu bytes", n, scratch_len);
                free(scratch.data);
            }
        }
}

enum contents { PLAIN, WITH_BASE, FEW_VALUES, GRID, FIELDS };

static void check_damage(int level, enum contents contents)
{
    uint64_t random = test_seed();
    struct packed p;
    pith_error error;
    uint32_t final_state;
    size_t len, n_refused = 0;

    layout.n_runs = 0;
    len = add_run(PITH_TENSOR_BF16, 12, 1, 1, 10, 0, &random);
    len = add_run(PITH_TENSOR_I32, 12, 1, 1, 4, len, &random);
    len = add_run(PITH_TENSOR_U8, 5, 4, 3, 2, len, &random);
    if (contents == WITH_BASE)
        give_base(len, &random);
    else if (contents == FEW_VALUES)
        make_few(len, 5, &random);
    else if (contents == GRID)
        len = make_grid(5, 30, &random);
    else if (contents == FIELDS)
        len = add_records(1, 3, 4, len, &random);
    assert_int_equal(encode(&p, level, len, sizeof payload, &error), PITH_OK);
    for (size_t i = 0; i < p.packed.payload_len; i++) {
        uint8_t was = payload[i];

        payload[i] = (uint8_t)(was ^ (1u << i % 8));
        n_refused += decode(&p, len, p.packed.payload_len, &final_state, &error) != PITH_OK ||
                     final_state != p.packed.final_state || memcmp(raw, back, len) != 0;
        payload[i] = was;
    }
    /* two scales may lead to the same table */
    assert_true(n_refused + p.packed.payload_len / 50 >= p.packed.payload_len);
    for (size_t n = 0; n < p.packed.payload_len; n++)
        CHECK(decode(&p, len, n, &final_state, &error) != PITH_OK ||
                  final_state != p.packed.final_state || memcmp(raw, back, len) != 0,
              "%zu of %zu bytes", n, p.packed.payload_len);
    free(p.memory);
}

static void damage_stays_within_bounds(void **state)
{
    (void)state;
    for (int contents = PLAIN; contents <= FIELDS; contents++)
        for (int level = 1; level <= 5; level += 2) {
            check_damage(level, (enum contents)contents);
            layout.has_base = 0;
        }
}

struct gaps {
    uint64_t last, longest;
};

static int note_gap(void *opaque, uint64_t raw_done)
{
    struct gaps *gaps = opaque;

    if (raw_done - gaps->last > gaps->longest)
        gaps->longest = raw_done - gaps->last;
    gaps->last = raw_done;
    return 0;
}

static void short_runs_tell_their_progress(void **state)
{
    uint64_t random = test_seed();
    size_t len = 0;

    (void)state;
    layout.n_runs = 0;
    for (uint32_t i = 0; i < 500; i++)
        len = add_run(PITH_TENSOR_U8, 10, 1, 1, 10, len, &random);
    for (int level = 1; level <= 5; level += 4) {
        struct gaps gaps = {0, 0};
        struct pith_codec_hooks hooks = {.progress = note_gap, .opaque = &gaps, .layout = &layout};
        struct pith_codec_packed packed;
        void *memory = aligned_alloc(64, (size_t)pith_codec_tensor.encode_need(level, len, 0));

        pith_codec_tensor.plan(&packed, level, len, NULL, NULL);
        assert_int_equal(pith_codec_tensor.encode(&packed, payload, sizeof payload, raw, len,
                                                  memory, &hooks, NULL),
                         PITH_OK);
        CHECK(gaps.last > 0 && gaps.longest < 5000 && len - gaps.last < 5000,
              "level %d: %llu bytes, last at %llu", level, (unsigned long long)gaps.longest,
              (unsigned long long)gaps.last);
        free(memory);
    }
}

static void parameters_are_checked(void **state)
{
    static const uint8_t params[] = {0, 5, 10};
    pith_error error;
    uint64_t need;

    (void)state;
    assert_int_equal(pith_codec_tensor.decode_need(&need, params, 1, 10, &error),
                     PITH_E_UNSUPPORTED);
    assert_int_equal(pith_codec_tensor.decode_need(&need, params + 2, 1, 10, &error),
                     PITH_E_UNSUPPORTED);
    assert_int_equal(pith_codec_tensor.decode_need(&need, params + 1, 1, 10, &error), PITH_OK);
    assert_int_equal(pith_codec_tensor.decode_need(&need, params, 0, 10, &error), PITH_E_CORRUPT);
    assert_int_equal(pith_codec_tensor.decode_need(&need, params, 2, 10, &error), PITH_E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_comes_back),
        cmocka_unit_test(differences_come_back),
        cmocka_unit_test(few_values_come_back),
        cmocka_unit_test(grids_come_back),
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(records_take_less_apart),
        cmocka_unit_test(records_are_parted_with_any_scratch_memory),
        cmocka_unit_test(meant_collisions_come_back),
        cmocka_unit_test(types_may_follow_each_other),
        cmocka_unit_test(layouts_need_not_fit),
        cmocka_unit_test(full_payloads_are_refused),
        cmocka_unit_test(damage_stays_within_bounds),
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(short_runs_tell_their_progress),
    };

    return cmocka_run_group_tests_name("tensor", tests, NULL, NULL);
}
