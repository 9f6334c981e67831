/* See pose.h. */
#include "codec/points/pose.h"

#include <string.h>

#include "coder/bitcode.h"
#include "num/solve.h"
#include "num/trig.h"

#define UNKNOWNS    6
#define OFF_MIN     1e-5 /* metres: nearer points are never left out */
#define OFF_FACTOR  4
#define LEAST       6 /* points that a pose can be told by */
#define STORED_BITS 40
#define OWN         10 /* the scanner's own height counts so much more */

/* How a pose follows its points. */
struct follower {
    double
        turn_ridges[3]; /* metres^2: how much a column has to say before the rotation follows it */
    double move_ridge;  /* points: the same of the translation */
    double turn_gain, move_gain; /* of what is new in a step, for the steps to come */
    double height_weight;        /* of a height's error, against those of x and y */
};

static const struct follower followers[2] = {
    {{1000, 1000, 1000}, 10, 0.3, 0.3, 1}, {{300, 300, 1000}, 50, 0.3, 0.2, 30}, /* sure heights */
};

static void code_vector(int64_t vector[3], struct pith_coder *coder)
{
    for (uint32_t k = 0; k < 3; k++)
        vector[k] = pith_bitcode_wide(coder, STORED_BITS, vector[k]);
}

void pith_pose_code(struct pith_pose_start *start, struct pith_coder *coder)
{
    code_vector(start->turned, coder);
    code_vector(start->moved, coder);
    code_vector(start->turning, coder);
    code_vector(start->moving, coder);
}

/* Rodrigues' formula; with hostile numbers any matrix, whose places are clamped later. */
void pith_pose_rotate(double rotation[3][3], const double v[3])
{
    double square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2], angle = pith_sqrt(square);
    double sine, cosine, a, b, out[3][3];
    const double cross[3][3] = {{0, -v[2], v[1]}, {v[2], 0, -v[0]}, {-v[1], v[0], 0}};

    pith_sin_cos(angle, &sine, &cosine);
    a = angle > 1e-12 ? sine / angle : 1;
    b = angle > 1e-6 ? (1 - cosine) / square : 0.5;
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 3; j++) {
            double twice = v[i] * v[j] - (i == j ? square : 0); /* the cross product's square */

            out[i][j] = (i == j ? 1 : 0) + a * cross[i][j] + b * twice;
        }
    memcpy(rotation, out, sizeof out);
}

static void to_reals(double reals[3], const int64_t units[3])
{
    for (uint32_t k = 0; k < 3; k++)
        reals[k] = (double)units[k] * PITH_POSE_UNIT;
}

void pith_pose_begin(struct pith_pose *pose, const struct pith_pose_start *start,
                     int has_sure_height)
{
    double turned[3];

    to_reals(turned, start->turned);
    to_reals(pose->moved, start->moved);
    to_reals(pose->turning, start->turning);
    to_reals(pose->moving, start->moving);
    pith_pose_rotate(pose->rotation, turned);
    pose->has_sure_height = has_sure_height;
    pose->n = pose->own = 0;
    pose->is_placed = 0;
}

void pith_pose_apply(double place[3], double arm[3], const struct pith_pose *pose)
{
    for (uint32_t k = 0; k < 3; k++)
        arm[k] = pose->rotation[k][0] * place[0] + pose->rotation[k][1] * place[1] +
                 pose->rotation[k][2] * place[2];
    for (uint32_t k = 0; k < 3; k++)
        place[k] = arm[k] + pose->moved[k];
}

void pith_pose_undo(double place[3], const struct pith_pose *pose)
{
    double from[3];

    for (uint32_t k = 0; k < 3; k++)
        from[k] = place[k] - pose->moved[k];
    for (uint32_t k = 0; k < 3; k++)
        place[k] = pose->rotation[0][k] * from[0] + pose->rotation[1][k] * from[1] +
                   pose->rotation[2][k] * from[2];
}

/* Where x and y are only roughly so, they count like those of any point. */
void pith_pose_place(struct pith_pose *pose, const double off[3])
{
    static const double nowhere[3] = {0, 0, 0};
    const double level[3] = {off[0], off[1], 0};

    if (pose->is_placed)
        return;
    for (uint32_t k = pose->has_sure_height ? 2 : 0; k < 3; k++) {
        pose->moving[k] += followers[pose->has_sure_height].move_gain * off[k];
        pose->moved[k] += off[k];
    }
    pose->own = pose->n;
    if (pose->has_sure_height)
        pith_pose_learn(pose, nowhere, level);
    pose->is_placed = 1;
}

void pith_pose_learn(struct pith_pose *pose, const double arm[3], const double off[3])
{
    if (pose->n == PITH_POSE_POINTS)
        return;
    memcpy(pose->arms[pose->n], arm, sizeof pose->arms[0]);
    memcpy(pose->offs[pose->n++], off, sizeof pose->offs[0]);
}

/* off = x[0..2] cross arm + x[3..5]. */
static void add_point(struct pith_equations *e, const double arm[3], const double off[3],
                      double height_weight)
{
    const double rows[3][UNKNOWNS] = {{0, arm[2], -arm[1], 1, 0, 0},
                                      {-arm[2], 0, arm[0], 0, 1, 0},
                                      {arm[1], -arm[0], 0, 0, 0, 1}};

    for (uint32_t r = 0; r < 3; r++) {
        double weight = r == 2 ? height_weight : 1, row[UNKNOWNS];

        for (uint32_t k = 0; k < UNKNOWNS; k++)
            row[k] = rows[r][k] * weight;
        pith_equations_add(e, UNKNOWNS, row, off[r] * weight);
    }
}

/* How far a point still is from its place after the pose has been corrected: the largest of the three. */
static double rest_of(const double arm[3], const double off[3], const double x[UNKNOWNS])
{
    double a = pith_abs(off[0] - x[3] - x[1] * arm[2] + x[2] * arm[1]);
    double b = pith_abs(off[1] - x[4] - x[2] * arm[0] + x[0] * arm[2]);
    double c = pith_abs(off[2] - x[5] - x[0] * arm[1] + x[1] * arm[0]);

    a = a > b ? a : b;
    return a > c ? a : c;
}

/* Least squares of the column's points that are no further off than `most` by the last solution. */
static void fit(double x[UNKNOWNS], const struct pith_pose *pose, double most)
{
    const struct follower *how = &followers[pose->has_sure_height];
    struct pith_equations e;

    memset(&e, 0, sizeof e);
    for (uint32_t i = 0; i < UNKNOWNS; i++)
        e.left[i][i] = i < 3 ? how->turn_ridges[i] : how->move_ridge;
    for (uint32_t i = 0; i < pose->n; i++) {
        int is_own = pose->is_placed && i == pose->own;

        if (rest_of(pose->arms[i], pose->offs[i], x) <= most)
            add_point(&e, pose->arms[i], pose->offs[i], how->height_weight * (is_own ? OWN : 1));
    }
    memset(x, 0, UNKNOWNS * sizeof *x);
    pith_equations_solve(x, &e, pose->is_placed && !pose->has_sure_height ? 3 : UNKNOWNS);
}

static double mean_rest(const struct pith_pose *pose, const double x[UNKNOWNS])
{
    double sum = 0;

    for (uint32_t i = 0; i < pose->n; i++)
        sum += rest_of(pose->arms[i], pose->offs[i], x);
    return sum / pose->n;
}

static void turn_by(struct pith_pose *pose, const double vector[3])
{
    double by[3][3], out[3][3];

    pith_pose_rotate(by, vector);
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 3; j++)
            out[i][j] = by[i][0] * pose->rotation[0][j] + by[i][1] * pose->rotation[1][j] +
                        by[i][2] * pose->rotation[2][j];
    memcpy(pose->rotation, out, sizeof out);
}

void pith_pose_next(struct pith_pose *pose)
{
    const struct follower *how = &followers[pose->has_sure_height];
    double x[UNKNOWNS] = {0};

    if (pose->n >= LEAST) {
        double most;

        fit(x, pose, 1e30);
        most = OFF_FACTOR * mean_rest(pose, x);
        fit(x, pose, most > OFF_MIN ? most : OFF_MIN);
        for (uint32_t k = 0; k < 3; k++) {
            pose->turning[k] += how->turn_gain * x[k];
            pose->moved[k] += x[3 + k];
            pose->moving[k] += how->move_gain * x[3 + k];
        }
        turn_by(pose, x);
    }
    turn_by(pose, pose->turning);
    for (uint32_t k = 0; k < 3; k++)
        pose->moved[k] += pose->moving[k];
    pose->n = 0;
    pose->is_placed = 0;
}
