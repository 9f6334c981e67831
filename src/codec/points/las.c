/* LAS 1.0 to 1.4 (ASPRS, "LAS Specification 1.4 - R15"): a header, records of variable length, then points of one of eleven
 * formats, each with extra bytes if its record is longer. */
#include "codec/points/formats.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/points/reals.h"

#define HEAD_LEN    227 /* of the oldest versions */
#define HEAD_LEN_14 375
#define AT_MINOR    25
#define AT_START    96
#define AT_FORMAT   104
#define AT_RECORD   105
#define AT_N        107
#define AT_SCALES   131
#define AT_N_14     247
#define FORMATS     11

enum part { CORE, CORE_14, TIME, COLOUR, INFRARED, WAVE, PARTS };

struct part_fields {
    uint8_t n;
    uint8_t types[12];
    uint8_t roles[12];
};

enum {
    U8 = PITH_POINT_U8,
    I8 = PITH_POINT_I8,
    U16 = PITH_POINT_U16,
    I16 = PITH_POINT_I16,
    U32 = PITH_POINT_U32,
    I32 = PITH_POINT_I32,
    I64 = PITH_POINT_I64,
    F32 = PITH_POINT_F32,
    F64 = PITH_POINT_F64
};

static const struct part_fields parts[PARTS] = {
    [CORE] = {9,
              {I32, I32, I32, U16, U8, U8, I8, U8, U16},
              {PITH_POINT_X, PITH_POINT_Y, PITH_POINT_Z, PITH_POINT_INTENSITY, PITH_POINT_RETURN, 0,
               0, 0, PITH_POINT_SOURCE}},
    [CORE_14] = {11,
                 {I32, I32, I32, U16, U8, U8, U8, U8, I16, U16, F64},
                 {PITH_POINT_X, PITH_POINT_Y, PITH_POINT_Z, PITH_POINT_INTENSITY, PITH_POINT_RETURN,
                  0, 0, 0, 0, PITH_POINT_SOURCE, PITH_POINT_TIME}},
    [TIME] = {1, {F64}, {PITH_POINT_TIME}},
    [COLOUR] = {3, {U16, U16, U16}, {0}},
    [INFRARED] = {1, {U16}, {0}},
    [WAVE] = {7, {U8, I64, U32, F32, F32, F32, F32}, {0}},
};

/* What each point format is made of, in order. */
static const struct {
    uint8_t n;
    uint8_t parts[4];
} formats[FORMATS] = {{1, {CORE}},
                      {2, {CORE, TIME}},
                      {2, {CORE, COLOUR}},
                      {3, {CORE, TIME, COLOUR}},
                      {3, {CORE, TIME, WAVE}},
                      {4, {CORE, TIME, COLOUR, WAVE}},
                      {1, {CORE_14}},
                      {2, {CORE_14, COLOUR}},
                      {3, {CORE_14, COLOUR, INFRARED}},
                      {2, {CORE_14, WAVE}},
                      {4, {CORE_14, COLOUR, INFRARED, WAVE}}};

static int add_fields(struct pith_points_layout *layout, uint32_t format, uint32_t record_len)
{
    for (uint32_t k = 0; k < formats[format].n; k++) {
        const struct part_fields *part = &parts[formats[format].parts[k]];

        for (uint32_t i = 0; i < part->n; i++)
            (void)pith_points_add(layout, (enum pith_point_type)part->types[i],
                                  (enum pith_point_role)part->roles[i]);
    }
    while (pith_points_stride(layout) < record_len)
        if (!pith_points_add(layout, PITH_POINT_U8, PITH_POINT_OTHER))
            return 0;
    return pith_points_stride(layout) == record_len;
}

int pith_points_find_las(struct pith_points_file *file, const uint8_t *data, size_t len,
                         uint64_t *need)
{
    static const char magic[] = "LASF";
    uint32_t start, format;

    if (memcmp(data, magic, len < sizeof magic - 1 ? len : sizeof magic - 1) != 0)
        return 0;
    *need = HEAD_LEN;
    if (len < HEAD_LEN)
        return 1;
    start = pith_load_le32(data + AT_START);
    format = data[AT_FORMAT];
    if (start < HEAD_LEN || format >= FORMATS)
        return 0;
    *need = start;
    if (len < start)
        return 1;
    for (uint32_t axis = 0; axis < 3; axis++)
        file->layout.scales[axis] = pith_real_of(pith_load_le64(data + AT_SCALES + 8 * axis), 1);
    file->start = start;
    file->n = pith_load_le32(data + AT_N);
    if (data[AT_MINOR] >= 4 && start >= HEAD_LEN_14)
        file->n = pith_load_le64(data + AT_N_14);
    return add_fields(&file->layout, format, (uint32_t)pith_load_le(data + AT_RECORD, 2));
}
