/* Scans without a head: records of float32, three coordinates and up to three fields more (KITTI's .bin has an intensity,
 * nuScenes' .pcd.bin that and a ring).  Known by what the numbers are: metres around a scanner, and near each other. */
#include "codec/points/formats.h"

#include <string.h>

#include "base/bytes.h"
#include "num/trig.h"

#define LOOK_LEN   16384 /* bytes that it is told by */
#define FAR_MAX    400.0f
#define HIGH_MAX   200.0f
#define TINY       1e-9f
#define VALUE_MAX  255.0f
#define STRIDE_MAX 6 /* floats */
#define LAGS       4
#define BEFORE     48 /* points */
#define NEAR_SHARE 20 /* of the range is near */

static float value_at(const uint8_t *data, size_t i)
{
    uint32_t bits = pith_load_le32(data + 4 * i);
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static int is_coordinate(float value, float most)
{
    float size = value < 0 ? -value : value;

    return size <= most && (size >= TINY || size == 0); /* not of what is no number */
}

/* Intensities, rings and their like: small whole numbers, or up to 1. */
static int is_attribute(float value)
{
    return value >= 0 && value <= VALUE_MAX && (value <= 1 || value == (float)(int)value);
}

static int is_record(const uint8_t *data, size_t at, uint32_t n_floats)
{
    if (!is_coordinate(value_at(data, at), FAR_MAX) ||
        !is_coordinate(value_at(data, at + 1), FAR_MAX) ||
        !is_coordinate(value_at(data, at + 2), HIGH_MAX))
        return 0;
    for (uint32_t k = 3; k < n_floats; k++)
        if (!is_attribute(value_at(data, at + k)))
            return 0;
    return 1;
}

static float range_at(const uint8_t *data, size_t at)
{
    double x = value_at(data, at), y = value_at(data, at + 1), z = value_at(data, at + 2);

    return (float)pith_sqrt(x * x + y * y + z * z);
}

/* Whether most ranges are within a tenth of those some records before. */
static int is_smooth(const uint8_t *data, size_t n, uint32_t n_floats)
{
    static const uint32_t lags[LAGS] = {1, 16, 32, 64};

    for (uint32_t k = 0; k < LAGS; k++) {
        size_t near = 0, all = 0;

        for (size_t i = lags[k]; i < n; i++) {
            float range = range_at(data, i * n_floats);
            float by = range - range_at(data, (i - lags[k]) * n_floats);

            if (range < 0.5f)
                continue; /* nothing was seen */
            all++;
            near += (by < 0 ? -by : by) < range / 10;
        }
        if (all >= n / 4 && near > all / 2)
            return 1;
    }
    return 0;
}

/* Whether most points are near one of those before: lasers that fire in any order, some of which see nothing. */
static int is_near(const uint8_t *data, size_t n, uint32_t n_floats)
{
    size_t near = 0;

    for (size_t i = BEFORE; i < n; i++) {
        double reach = range_at(data, i * n_floats) / NEAR_SHARE, least = reach * reach;
        size_t k = 1;

        for (; k <= BEFORE; k++) {
            double sum = 0;

            for (uint32_t axis = 0; axis < 3; axis++) {
                double by =
                    value_at(data, i * n_floats + axis) - value_at(data, (i - k) * n_floats + axis);

                sum += by * by;
            }
            if (sum < least)
                break;
        }
        near += k <= BEFORE;
    }
    return near > n / 2;
}

static int is_scan(const uint8_t *data, size_t len, uint32_t n_floats)
{
    size_t n = len / (4 * n_floats), far = 0;

    for (size_t i = 0; i < n; i++) {
        if (!is_record(data, i * n_floats, n_floats))
            return 0;
        far += range_at(data, i * n_floats) > 1;
    }
    return far >= n / 4 && (is_smooth(data, n, n_floats) || is_near(data, n, n_floats));
}

int pith_points_find_raw(struct pith_points_file *file, const uint8_t *data, size_t len,
                         uint64_t *need)
{
    *need = LOOK_LEN;
    if (len < 12)
        return 0;
    if (!is_record(data, 0, 3))
        return 0;
    if (len < LOOK_LEN)
        return 1;
    for (uint32_t n_floats = 4; n_floats <= STRIDE_MAX; n_floats++)
        if (is_scan(data, LOOK_LEN, n_floats)) {
            static const enum pith_point_role roles[STRIDE_MAX] = {
                PITH_POINT_X,         PITH_POINT_Y,    PITH_POINT_Z,
                PITH_POINT_INTENSITY, PITH_POINT_RING, PITH_POINT_OTHER};

            for (uint32_t k = 0; k < n_floats; k++)
                (void)pith_points_add(&file->layout, PITH_POINT_F32, roles[k]);
            file->n = UINT64_MAX;
            *need = 0;
            return 1;
        }
    return 0;
}
