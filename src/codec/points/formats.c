/* See formats.h. */
#include "codec/points/formats.h"

#include <string.h>

#include "num/fpmode.h"

static int find(struct pith_points_file *file, const uint8_t *data, size_t len, uint64_t *need)
{
    static pith_points_find_fn *const formats[] = {pith_points_find_las, pith_points_find_pcd,
                                                   pith_points_find_ply, pith_points_find_raw};

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        memset(file, 0, sizeof *file);
        if (formats[i](file, data, len, need))
            return 1;
    }
    return 0;
}

/* Scans without a head are told by numbers: in any mode of floating point alike. */
int pith_points_find_file(struct pith_points_file *file, const uint8_t *data, size_t len,
                          uint64_t *need)
{
    uint64_t mode = pith_fpmode_pin();
    int is_found = find(file, data, len, need);

    pith_fpmode_restore(mode);
    return is_found;
}

int pith_points_add(struct pith_points_layout *layout, enum pith_point_type type,
                    enum pith_point_role role)
{
    if (layout->n_fields == PITH_POINT_FIELDS_MAX)
        return 0;
    layout->fields[layout->n_fields++] = (struct pith_point_field){(uint8_t)type, (uint8_t)role};
    return 1;
}

enum pith_point_role pith_point_role_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum pith_point_role role;
    } names[] = {{"x", PITH_POINT_X},
                 {"y", PITH_POINT_Y},
                 {"z", PITH_POINT_Z},
                 {"intensity", PITH_POINT_INTENSITY},
                 {"i", PITH_POINT_INTENSITY},
                 {"reflectivity", PITH_POINT_INTENSITY},
                 {"ring", PITH_POINT_RING},
                 {"r", PITH_POINT_RING},
                 {"laser_number", PITH_POINT_RING},
                 {"t", PITH_POINT_TIME},
                 {"time", PITH_POINT_TIME},
                 {"timestamp", PITH_POINT_TIME}};

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (strlen(names[k].name) == len && memcmp(names[k].name, name, len) == 0)
            return names[k].role;
    return PITH_POINT_OTHER;
}
