/* The built-in priors: all of them open, they are used where they help, and no text that they were made of
 * can be drawn out of them.  With PITH_SAMPLES naming a folder, samples below it are tried as well: what
 * stands there is looked for in what the priors foresee (make prior-draw). */
#define _XOPEN_SOURCE 700

#include "api/cases.h"

#include <ftw.h>
#include <pthread.h>

#include "api/builtin.h"
#include "codec/bytes/text.h"
#include "container/format.h"
#include "prior/builtin_data.h"
#include "prior/builtin_file.h"

#define DRAWN_LEVEL   5
#define PROMPT_LEN    64
#define DRAWN_LEN     512
#define DRAWS         30  /* from each prior */
#define SAMPLE_PLACES 4   /* in each sample */
#define DRAWN_RUN     200 /* longest run of foreseen bytes */

static struct pith_builtin builtin;

static int begin(void **state)
{
    (void)state;
    return pith_builtin_read(&builtin, pith_builtin_data, pith_builtin_data_len(), NULL) != PITH_OK;
}

static void all_of_them_open(void **state)
{
    (void)state;
    assert_true(builtin.n_stores >= 1 && pith_builtin_data_len() <= (size_t)4 << 20);
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        assert_int_equal(builtin.learnt[level].data != NULL, level >= PITH_BUILTIN_LEVEL_MIN);
        for (uint32_t number = 1; number <= builtin.n_stores + 1; number++) {
            const struct pith_codec_prior *prior = NULL, *again;
            pith_error error = {.status = PITH_OK};
            pith_status status = pith_builtin_find(&prior, number, level, 77, &error);

            if (level < PITH_BUILTIN_LEVEL_MIN || number > builtin.n_stores) {
                assert_true(status == PITH_E_UNSUPPORTED && error.position == 77);
                continue;
            }
            CHECK(status == PITH_OK, "%u at level %d: %s", number, level, error.text);
            assert_true(prior->number == number && prior->level == level);
            assert_int_equal(pith_builtin_find(&again, number, level, 0, &error), PITH_OK);
            assert_ptr_equal(prior, again);
        }
    }
}

/* What is stated covers the two largest stores and the weights of levels 5 and 7, which come on top of the
 * level's own. */
static void their_memory_is_stated(void **state)
{
    uint64_t sum = 0, largest[2] = {0, 0};
    struct pith_prior_head head;

    (void)state;
    for (int level = 5; level <= 7; level += 2) {
        assert_int_equal(pith_prior_head_read(&head, builtin.learnt[level].data,
                                              builtin.learnt[level].len, NULL),
                         PITH_OK);
        sum += head.info.memory;
    }
    for (uint32_t i = 0; i < builtin.n_stores; i++) {
        struct pith_arena arena = {NULL, 0};
        struct pith_store counted;

        assert_int_equal(
            pith_prior_head_read(&head, builtin.stores[i].data, builtin.stores[i].len, NULL),
            PITH_OK);
        pith_store_layout(&counted, &arena, head.counts);
        if (arena.used > largest[0]) {
            largest[1] = largest[0];
            largest[0] = arena.used;
        } else if (arena.used > largest[1]) {
            largest[1] = arena.used;
        }
    }
    sum += largest[0] + largest[1];
    CHECK(sum < PITH_CODEC_BUILTIN_NEED && sum > PITH_CODEC_BUILTIN_NEED / 2,
          "%llu bytes are taken", (unsigned long long)sum);
}

static const char english[] =
    "The committee will meet on Thursday afternoon to discuss the proposal. Everyone who would like "
    "to take part is welcome; please let us know beforehand whether you are able to come.\n";

static unsigned number_of(struct bytes packed)
{
    pith_frame_info info;

    assert_int_equal(pith_peek(&info, packed.data, packed.len, NULL), PITH_OK);
    return info.builtin_prior;
}

static void check_comes_back(struct bytes packed, struct bytes raw)
{
    struct bytes again;
    pith_error error = {.status = PITH_OK};

    assert_int_equal(decompress(&again, raw.len, packed, &error), PITH_OK);
    assert_true(is_same(again, raw));
    free(again.data);
}

static void they_are_used_where_they_help(void **state)
{
    struct bytes raw = {(uint8_t *)english, sizeof english - 1};
    struct bytes noise = make_data(RANDOM, 3000, 5);

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        pith_options options = make_options(level, 0, 1), plain = options;
        struct bytes packed = compress(raw, &options), without;

        plain.no_builtin = 1;
        without = compress(raw, &plain);
        assert_int_equal(number_of(without), 0);
        assert_int_equal(number_of(packed) > 0, level >= PITH_BUILTIN_LEVEL_MIN);
        CHECK(level < PITH_BUILTIN_LEVEL_MIN || packed.len * 10 < without.len * 8,
              "level %d: %zu, without %zu", level, packed.len, without.len);
        check_comes_back(packed, raw);
        free(packed.data);
        free(without.data);
        packed = compress(noise, &options);
        assert_int_equal(number_of(packed), 0);
        free(packed.data);
    }
    free(noise.data);
}

/* A table of numbers: all that a prior knows of them is how they begin. */
static struct bytes make_table(size_t len)
{
    struct bytes table = {get_memory(len + 64), 0};
    uint64_t random = test_seed();

    table.len = (size_t)sprintf((char *)table.data, "id,lat,lon,value\n");
    for (unsigned id = 10000; table.len < len; id++) {
        unsigned lat = (unsigned)(next_random(&random) % 18000000) + 30000000;
        unsigned lon = (unsigned)(next_random(&random) % 50000000) + 70000000;

        table.len += (size_t)sprintf((char *)table.data + table.len, "%u,%u.%06u,-%u.%06u,%u\n", id,
                                     lat / 1000000, lat % 1000000, lon / 1000000, lon % 1000000,
                                     (unsigned)(next_random(&random) % 1000));
    }
    table.len = len;
    return table;
}

static void they_are_not_used_where_they_soon_hinder(void **state)
{
    struct bytes table = make_table(90000);
    pith_options options = make_options(PITH_BUILTIN_LEVEL_MIN, 0, 1), plain = options;
    struct bytes packed, without;
    struct bytes first = {table.data, 8192};

    (void)state;
    plain.no_builtin = 1;
    packed = compress(first, &options);
    assert_true(number_of(packed) > 0);
    free(packed.data);
    packed = compress(table, &options);
    without = compress(table, &plain);
    CHECK(packed.len * 1000 <= without.len * 1005, "%zu, without %zu", packed.len, without.len);
    free(packed.data);
    free(without.data);
    free(table.data);
}

/* Each chunk chooses for itself; with many threads the bytes are those of one. */
static void chunks_choose_for_themselves(void **state)
{
    struct bytes raw = make_data(TEXT, 3 * PITH_CHUNK_LEN_MIN, 3), one, four;
    pith_options options = make_options(5, PITH_CHUNK_LEN_MIN, 1);

    (void)state;
    for (size_t at = 0; at + sizeof english <= PITH_CHUNK_LEN_MIN; at += sizeof english)
        memcpy(raw.data + PITH_CHUNK_LEN_MIN + at, english, sizeof english);
    one = compress(raw, &options);
    options.threads = 4;
    four = compress(raw, &options);
    assert_true(is_same(one, four));
    check_comes_back(one, raw);
    free(one.data);
    free(four.data);
    free(raw.data);
}

/* Where there is no room for one, chunks begin without; the limit alone says so. */
static void a_low_limit_does_without(void **state)
{
    struct bytes raw = {(uint8_t *)english, sizeof english - 1}, packed;
    pith_options options = make_options(5, 0, 1);

    (void)state;
    options.memory_limit = pith_encode_need(5, raw.len, 0);
    packed = compress(raw, &options);
    assert_true(number_of(packed) > 0);
    free(packed.data);
    options.memory_limit -= PITH_CODEC_BUILTIN_NEED / 2;
    packed = compress(raw, &options);
    assert_int_equal(number_of(packed), 0);
    free(packed.data);
}

static void *open_all(void *opaque)
{
    const struct pith_codec_prior *prior;

    for (uint32_t number = builtin.n_stores; number > 0; number--)
        for (int level = 7; level >= PITH_BUILTIN_LEVEL_MIN; level -= 2)
            if (pith_builtin_find(&prior, number, level, 0, NULL) != PITH_OK)
                return NULL;
    return opaque;
}

static void threads_open_them_at_once(void **state)
{
    pthread_t threads[4];
    int is_good = 1;
    void *result;

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_all, &is_good), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &is_good);
    }
}

/* Files that are no built-in priors, or are cut. */
static void damage_is_refused(void **state)
{
    struct pith_builtin read;
    uint8_t *copy = get_memory(pith_builtin_data_len());

    (void)state;
    memcpy(copy, pith_builtin_data, pith_builtin_data_len());
    for (size_t len = 0; len < 64; len++)
        assert_true(pith_builtin_read(&read, copy, len, NULL) != PITH_OK);
    assert_int_equal(pith_builtin_read(&read, copy, pith_builtin_data_len() - 1, NULL),
                     PITH_E_TRUNCATED);
    for (size_t at = 0; at < 8; at++) {
        copy[at] ^= 0xff;
        assert_true(pith_builtin_read(&read, copy, pith_builtin_data_len(), NULL) != PITH_OK);
        copy[at] ^= 0xff;
    }
    free(copy);
}

static const struct pith_codec_prior *find(uint32_t number)
{
    const struct pith_codec_prior *prior;

    assert_int_equal(pith_builtin_find(&prior, number, DRAWN_LEVEL, 0, NULL), PITH_OK);
    return prior;
}

/* Marks the bytes that cost less than a bit, with a prior or NULL. */
static void foresee(const struct pith_codec_prior *prior, uint8_t *bytes, size_t len,
                    uint8_t *is_foreseen)
{
    static uint16_t costs[DRAWN_LEN];
    static struct pith_codec_part parts[DRAWN_LEN];
    struct pith_codec_study study = {.model = {.is_watching = 1}, .costs = costs, .parts = parts};
    struct pith_codec_hooks hooks = {.study = &study, .prior = prior};
    struct pith_codec_packed packed;
    uint8_t payload[2 * DRAWN_LEN];
    uint8_t *block =
        get_memory((size_t)pith_codec_bytes.encode_need(DRAWN_LEVEL, len, prior != NULL) + 64);

    pith_codec_bytes.plan(&packed, DRAWN_LEVEL, len, prior, NULL);
    assert_int_equal(pith_codec_bytes.encode(&packed, payload, sizeof payload, bytes, len,
                                             block + (64 - (uintptr_t)block % 64), &hooks, NULL),
                     PITH_OK);
    for (size_t i = 0; i < len; i++)
        is_foreseen[i] = costs[i] < 256;
    free(block);
}

/* The longest run of bytes that the prior foresees, those of it counted that a model which has read nothing but
 * the same bytes does not foresee. */
static size_t longest_run(uint32_t number, uint8_t *bytes, size_t len, size_t from)
{
    uint8_t with[DRAWN_LEN], without[DRAWN_LEN];
    size_t run = 0, longest = 0;

    foresee(find(number), bytes, len, with);
    foresee(NULL, bytes, len, without);
    for (size_t i = from; i < len; i++) {
        run = with[i] ? run + !without[i] : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Decodes random bits, which gives text as the prior expects it, if one that was coded with words. */
static size_t draw(uint32_t number, enum pith_kind kind, uint64_t *random, uint8_t *text)
{
    const struct pith_codec_prior *prior = find(number);
    struct pith_engine *engine = get_memory(sizeof *engine);
    struct pith_text_words *words = get_memory(sizeof *words);
    struct pith_arena arena = {NULL, 0};
    struct pith_coder coder;
    struct pith_pace pace = {.hooks = NULL};
    uint8_t bits[2 * DRAWN_LEN], drawn[DRAWN_LEN / 4], *block;
    size_t len = DRAWN_LEN;

    pith_engine_layout_primed(engine, &arena, DRAWN_LEVEL, sizeof drawn, prior->start);
    block = get_memory((size_t)arena.used + 64);
    arena = (struct pith_arena){block + (64 - (uintptr_t)block % 64), 0};
    pith_engine_layout_primed(engine, &arena, DRAWN_LEVEL, sizeof drawn, prior->start);
    pith_engine_init(engine, drawn);
    pith_engine_begin_segment(engine, kind, 0);
    fill_random(bits, sizeof bits, random);
    pith_coder_begin_decode(&coder, bits, sizeof bits, NULL, NULL);
    for (size_t i = 0; i < sizeof drawn; i++)
        drawn[i] = pith_engine_byte(engine, &coder, 0);
    pith_text_words_init(words);
    /* the length of what is coded is not known: the longest that fits */
    while (len > 0 && !pith_text_decode(text, len, drawn, sizeof drawn, words, &pace))
        len--;
    if (len == 0)
        memcpy(text, drawn, len = sizeof drawn);
    free(block);
    free(words);
    free(engine);
    return len;
}

static void no_long_text_is_drawn(void **state)
{
    static const enum pith_kind kinds[] = {PITH_KIND_TEXT, PITH_KIND_MARKUP, PITH_KIND_RECORDS};
    uint64_t random = 99;
    size_t longest = 0;

    (void)state;
    for (uint32_t number = 1; number <= builtin.n_stores; number++)
        for (unsigned n = 0; n < DRAWS; n++) {
            uint8_t text[DRAWN_LEN];
            size_t len = draw(number, kinds[n % COUNT(kinds)], &random, text);
            size_t run = longest_run(number, text, len, 0);

            longest = run > longest ? run : longest;
        }
    print_message("the longest run that was drawn: %zu bytes\n", longest);
    CHECK(longest < DRAWN_RUN, "a run of %zu bytes", longest);
}

static struct {
    size_t n, longest, runs[DRAWN_LEN];
} tried;

static int try_sample(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    uint8_t sample[DRAWN_LEN];
    FILE *file;

    (void)ftw;
    if (type != FTW_F || status->st_size < (off_t)sizeof sample)
        return 0;
    file = fopen(path, "rb");
    for (int place = 0; file && place < SAMPLE_PLACES; place++) {
        long at = (long)((status->st_size - (off_t)sizeof sample) * place / SAMPLE_PLACES);
        uint32_t numbers[PITH_BUILTIN_GUESSES];
        size_t run;

        if (fseek(file, at, SEEK_SET) != 0 || fread(sample, 1, sizeof sample, file) < sizeof sample)
            break;
        assert_true(pith_builtin_guess(&builtin, sample, sizeof sample, numbers) > 0);
        run = longest_run(numbers[0], sample, sizeof sample, PROMPT_LEN);
        tried.n++;
        tried.runs[run]++;
        if (run > tried.longest)
            print_message("%zu bytes, in %s at %ld:\n%.*s\n", run, path, at, (int)sizeof sample,
                          (const char *)sample);
        tried.longest = run > tried.longest ? run : tried.longest;
    }
    if (file)
        fclose(file);
    return 0;
}

static void samples_are_not_foreseen(void **state)
{
    const char *folder = getenv("PITH_SAMPLES");
    size_t above = 0;

    (void)state;
    if (!folder) {
        print_message("PITH_SAMPLES names no folder of samples\n");
        skip();
    }
    assert_int_equal(nftw(folder, try_sample, 16, FTW_PHYS), 0);
    for (size_t run = DRAWN_LEN - 1; run > 0; run--) {
        above += tried.runs[run];
        if (run % 20 == 0 && above > 0)
            print_message("%zu of %zu places have runs of %zu bytes or more\n", above, tried.n,
                          run);
    }
    CHECK(tried.longest < DRAWN_RUN, "a run of %zu bytes", tried.longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_them_open),
        cmocka_unit_test(their_memory_is_stated),
        cmocka_unit_test(they_are_used_where_they_help),
        cmocka_unit_test(they_are_not_used_where_they_soon_hinder),
        cmocka_unit_test(chunks_choose_for_themselves),
        cmocka_unit_test(a_low_limit_does_without),
        cmocka_unit_test(threads_open_them_at_once),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(no_long_text_is_drawn),
        cmocka_unit_test(samples_are_not_foreseen),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
