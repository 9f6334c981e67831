/* PCD 0.6 and 0.7 (Point Cloud Library, "The PCD file format"): lines of words, then with "DATA binary" the points as they are
 * in memory, with "DATA ascii" a line for each. */
#include "codec/points/formats.h"

#include <string.h>

#include "codec/points/text_head.h"

#define COLUMNS_MAX 64

struct head {
    struct pith_words names[COLUMNS_MAX];
    uint32_t n_names, n_sizes, n_types, n_counts;
    uint64_t sizes[COLUMNS_MAX], counts[COLUMNS_MAX], n_points;
    char types[COLUMNS_MAX];
    int is_binary, is_text, is_whole; /* whole: DATA has come */
};

static void take_names(struct head *head, struct pith_words line)
{
    const char *word;
    size_t len;

    for (head->n_names = 0; head->n_names < COLUMNS_MAX && (word = pith_next_word(&line, &len));)
        head->names[head->n_names++] = (struct pith_words){word, word + len};
}

static uint32_t take_numbers(uint64_t *numbers, struct pith_words line)
{
    uint32_t n = 0;

    while (n < COLUMNS_MAX && (numbers[n] = pith_next_number(&line)) != UINT64_MAX)
        n++;
    return n;
}

static void take_types(struct head *head, struct pith_words line)
{
    const char *word;
    size_t len;

    for (head->n_types = 0; head->n_types < COLUMNS_MAX && (word = pith_next_word(&line, &len));)
        head->types[head->n_types++] = *word;
}

static int take_line(void *opaque, struct pith_words line)
{
    struct head *head = opaque;
    if (pith_takes(&line, "FIELDS") || pith_takes(&line, "COLUMNS")) {
        take_names(head, line);
    } else if (pith_takes(&line, "SIZE")) {
        head->n_sizes = take_numbers(head->sizes, line);
    } else if (pith_takes(&line, "TYPE")) {
        take_types(head, line);
    } else if (pith_takes(&line, "COUNT")) {
        head->n_counts = take_numbers(head->counts, line);
    } else if (pith_takes(&line, "POINTS")) {
        head->n_points = pith_next_number(&line);
    } else if (pith_takes(&line, "DATA")) {
        head->is_whole = 1;
        head->is_binary = pith_takes(&line, " binary");
        head->is_text = pith_takes(&line, " ascii");
    }
    return head->is_whole;
}

static enum pith_point_type type_of(char type, uint64_t size)
{
    static const enum pith_point_type integers[][2] = {{PITH_POINT_U8, PITH_POINT_I8},
                                                       {PITH_POINT_U16, PITH_POINT_I16},
                                                       {PITH_POINT_U32, PITH_POINT_I32},
                                                       {PITH_POINT_I64, PITH_POINT_I64}};

    if (type == 'F')
        return size == 4 ? PITH_POINT_F32 : size == 8 ? PITH_POINT_F64 : PITH_POINT_TYPES;
    for (uint32_t k = 0; k < 4; k++)
        if (size == 1u << k)
            return integers[k][type == 'I'];
    return PITH_POINT_TYPES;
}

/* Fields that are only there to fill are not printed. */
static int is_left_out(const struct head *head, uint32_t k)
{
    return head->is_text && head->names[k].end - head->names[k].at == 1 &&
           head->names[k].at[0] == '_';
}

static int describe(struct pith_points_layout *layout, const struct head *head)
{
    layout->is_text = (uint32_t)head->is_text;
    if (head->n_names == 0 || head->n_sizes != head->n_names || head->n_types != head->n_names ||
        (head->n_counts != 0 && head->n_counts != head->n_names))
        return 0;
    for (uint32_t k = 0; k < head->n_names; k++) {
        enum pith_point_type type = type_of(head->types[k], head->sizes[k]);
        uint64_t count = head->n_counts ? head->counts[k] : 1;

        if (type == PITH_POINT_TYPES || count > PITH_POINT_FIELDS_MAX)
            return 0;
        for (uint64_t i = 0; i < count && !is_left_out(head, k); i++)
            if (!pith_points_add(
                    layout, type,
                    pith_point_role_of(head->names[k].at,
                                       (size_t)(head->names[k].end - head->names[k].at))))
                return 0;
    }
    return 1;
}

int pith_points_find_pcd(struct pith_points_file *file, const uint8_t *data, size_t len,
                         uint64_t *need)
{
    static const char *const magics[] = {"# .PCD v", "VERSION ", "FIELDS "};
    struct head head = {.n_points = UINT64_MAX};
    size_t k = 0;

    while (k < 3 && memcmp(data, magics[k], len < strlen(magics[k]) ? len : strlen(magics[k])) != 0)
        k++;
    if (k == 3)
        return 0;
    if (!pith_read_head(data, len, need, take_line, &head))
        return 0;
    if (!head.is_whole)
        return 1;
    file->start = *need;
    file->n = head.n_points;
    return (head.is_binary || head.is_text) && head.n_points != UINT64_MAX &&
           describe(&file->layout, &head);
}
