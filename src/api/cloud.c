/* See cloud.h. */
#include "api/cloud.h"

#include <string.h>

#include "codec/points/formats.h"

static const char known[] = "xyzirto";

pith_status pith_cloud_take(struct pith_points_layout *layout, const char *letters,
                            pith_error *error)
{
    memset(layout, 0, sizeof *layout);
    for (const char *at = letters; *at; at++) {
        if (!strchr(known, *at))
            return pith_fail(error, PITH_E_ARGUMENT, 0,
                             "no field of points: '%c' (there are x, y, z, i, r, t, o)", *at);
        if (!pith_points_add(layout, PITH_POINT_F32, pith_point_role_of(at, 1)))
            return pith_fail(error, PITH_E_ARGUMENT, 0, "points have at most %d fields",
                             PITH_POINT_FIELDS_MAX);
    }
    if (layout->n_fields == 0)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "points have no fields");
    return PITH_OK;
}

/* A decimal number's digits and exponent.  Returns what follows it, or NULL if it is none that steps can be. */
static const char *read_step(struct pith_snap_rule *rule, const char *at)
{
    int32_t mantissa = 0, exponent = 0, power = 0, sign = 1, n_digits = 0, n_zeros = 0,
            is_below = 0;

    for (; (*at >= '0' && *at <= '9') || (*at == '.' && !is_below); at++) {
        if (*at == '.') {
            is_below = 1;
            continue;
        }
        n_digits++;
        exponent -= is_below;
        n_zeros = *at == '0' ? n_zeros + 1 : 0;
        if (mantissa > 99999)
            return NULL;
        mantissa = 10 * mantissa + (*at - '0');
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        sign = *at == '-' ? -1 : 1;
        at += *at == '-' || *at == '+';
        if (*at < '0' || *at > '9')
            return NULL;
        for (; *at >= '0' && *at <= '9' && power < 1000; at++)
            power = 10 * power + (*at - '0');
    }
    for (exponent += sign * power; mantissa > 0 && mantissa % 10 == 0; exponent++)
        mantissa /= 10;
    while (exponent > PITH_SNAP_EXPONENT_MAX && mantissa <= UINT8_MAX) {
        mantissa *= 10;
        exponent--;
    }
    if (n_digits == 0 || mantissa == 0 || mantissa > UINT8_MAX || exponent < PITH_SNAP_EXPONENT_MIN)
        return NULL;
    rule->mantissa = (uint8_t)mantissa;
    rule->exponent = (int8_t)exponent;
    return at;
}

static uint8_t rule_role(char letter)
{
    return (uint8_t)pith_point_role_of(&letter, 1);
}

static int has_rule(const struct pith_snap *snap, uint8_t role)
{
    for (uint32_t k = 0; k < snap->n; k++)
        if (snap->rules[k].role == role)
            return 1;
    return snap->n == PITH_SNAP_RULES_MAX;
}

/* A step for some letters' fields. */
static const char *read_rules(struct pith_snap *snap, const char *letters, size_t n, const char *at,
                              pith_error *error)
{
    struct pith_snap_rule rule;

    at = read_step(&rule, at);
    if (!at) {
        (void)pith_fail(
            error, PITH_E_ARGUMENT, 0,
            "a grid's step is a number as 1e-3, from 1e-7 on, of three digits up to 255");
        return NULL;
    }
    for (size_t i = 0; i < n || n == 0; i++) {
        if (n == 0 || !strchr(known, letters[i]) || has_rule(snap, rule_role(letters[i]))) {
            (void)pith_fail(
                error, PITH_E_ARGUMENT, 0,
                "no fields of a grid: '%.*s' (there are x, y, z, i, r, t, o, each once)",
                n < 20 ? (int)n : 20, letters);
            return NULL;
        }
        rule.role = rule_role(letters[i]);
        snap->rules[snap->n++] = rule;
    }
    return at;
}

pith_status pith_cloud_take_grid(struct pith_snap *snap, const char *text, pith_error *error)
{
    const char *at = text;

    memset(snap, 0, sizeof *snap);
    while (at) {
        size_t n = 0;

        while (at[n] && at[n] != '=' && at[n] != ',')
            n++;
        if (at[n] == '=')
            at = read_rules(snap, at, n, at + n + 1, error);
        else
            at = read_rules(snap, "xyz", 3, at, error);
        if (at && *at == '\0')
            return PITH_OK;
        if (at && *at++ != ',')
            return pith_fail(error, PITH_E_ARGUMENT, 0, "a grid is a step, or as xy=1e-3,z=0.01");
    }
    return PITH_E_ARGUMENT;
}
