/* Formats of point clouds: which records a file has and where, from its first bytes.
 *
 * LAS, PCD and PLY in binary, PCD and PLY as text, and scans without a head that can be told by their content. */
#ifndef PITH_CODEC_POINTS_FORMATS_H
#define PITH_CODEC_POINTS_FORMATS_H

#include "codec/points/fields.h"

struct pith_points_file {
    struct pith_points_layout layout;
    uint64_t start,
        n; /* in the file; of records, or lines.  n is UINT64_MAX if they go on to the end */
};

/* Whether a file that begins like this is one of points, as far as these bytes tell.  *need: the bytes of its head if it is no
 * more than len (*file is set then), else those that have to be seen to know more.  A file that is none may be taken for one until
 * then. */
int pith_points_find_file(struct pith_points_file *file, const uint8_t *data, size_t len,
                          uint64_t *need);

/* Appends a field.  Returns 0 if there are too many. */
int pith_points_add(struct pith_points_layout *layout, enum pith_point_type type,
                    enum pith_point_role role);

/* What a field's name says of its role. */
enum pith_point_role pith_point_role_of(const char *name, size_t len);

/* One format. */
typedef int pith_points_find_fn(struct pith_points_file *file, const uint8_t *data, size_t len,
                                uint64_t *need);

pith_points_find_fn pith_points_find_las, pith_points_find_pcd, pith_points_find_ply,
    pith_points_find_raw;

#endif
