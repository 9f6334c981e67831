/* PLY (G. Turk, "The PLY Polygon File Format"): lines of words, then elements; points are the vertices, if those come first and
 * in little-endian binary or as text. */
#include "codec/points/formats.h"

#include <string.h>

#include "codec/points/text_head.h"

struct head {
    struct pith_points_layout layout;
    uint64_t n_points;
    uint32_t n_elements;
    int is_binary, is_whole, is_known; /* known: all that is said of vertices */
};

static enum pith_point_type type_of(const char *word, size_t len)
{
    static const struct {
        const char *name;
        enum pith_point_type type;
    } names[] = {
        {"char", PITH_POINT_I8},    {"int8", PITH_POINT_I8},     {"uchar", PITH_POINT_U8},
        {"uint8", PITH_POINT_U8},   {"short", PITH_POINT_I16},   {"int16", PITH_POINT_I16},
        {"ushort", PITH_POINT_U16}, {"uint16", PITH_POINT_U16},  {"int", PITH_POINT_I32},
        {"int32", PITH_POINT_I32},  {"uint", PITH_POINT_U32},    {"uint32", PITH_POINT_U32},
        {"float", PITH_POINT_F32},  {"float32", PITH_POINT_F32}, {"double", PITH_POINT_F64},
        {"float64", PITH_POINT_F64}};

    for (size_t k = 0; word && k < sizeof names / sizeof names[0]; k++)
        if (strlen(names[k].name) == len && memcmp(names[k].name, word, len) == 0)
            return names[k].type;
    return PITH_POINT_TYPES;
}

static int take_line(void *opaque, struct pith_words line)
{
    struct head *head = opaque;
    size_t type_len, name_len = 0;

    if (pith_takes(&line, "format")) {
        head->is_binary = pith_takes(&line, " binary_little_endian");
        head->layout.is_text = (uint32_t)pith_takes(&line, " ascii");
    } else if (pith_takes(&line, "element vertex") && head->n_elements == 0) {
        head->n_elements = 1;
        head->n_points = pith_next_number(&line);
    } else if (pith_takes(&line, "element")) {
        head->n_elements++;
        head->is_known &= head->n_elements > 1;
    } else if (pith_takes(&line, "property") && head->n_elements == 1) {
        const char *word = pith_next_word(&line, &type_len), *name;
        enum pith_point_type type = type_of(word, type_len);

        name = pith_next_word(&line, &name_len);
        head->is_known &= type != PITH_POINT_TYPES && name &&
                          pith_points_add(&head->layout, type, pith_point_role_of(name, name_len));
    } else if (pith_takes(&line, "end_header")) {
        head->is_whole = 1;
    }
    return head->is_whole;
}

int pith_points_find_ply(struct pith_points_file *file, const uint8_t *data, size_t len,
                         uint64_t *need)
{
    static const char magic[] = "ply\n", other[] = "ply\r\n";
    struct head head = {.n_points = UINT64_MAX, .is_known = 1};

    if (memcmp(data, magic, len < 4 ? len : 4) != 0 && memcmp(data, other, len < 5 ? len : 5) != 0)
        return 0;
    if (!pith_read_head(data, len, need, take_line, &head))
        return 0;
    if (!head.is_whole)
        return 1;
    file->start = *need;
    file->n = head.n_points;
    file->layout = head.layout;
    return (head.is_binary || head.layout.is_text) && head.is_known &&
           head.n_points != UINT64_MAX && head.layout.n_fields > 0;
}
