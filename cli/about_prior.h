/* What a prior is, in words and as JSON. */
#ifndef PITH_CLI_ABOUT_PRIOR_H
#define PITH_CLI_ABOUT_PRIOR_H

#include "json.h"

#include <pith/pith.h>

enum { ABOUT_ID_CAP = 2 * PITH_PRIOR_ID_LEN + 1 };

/* The id in hexadecimal digits.  Returns `text`. */
const char *about_prior_id(char text[ABOUT_ID_CAP], const unsigned char id[PITH_PRIOR_ID_LEN]);

/* What it may gain, a clause without a full stop.  Returns `text`. */
enum { ABOUT_GAIN_CAP = 160 };
const char *about_prior_gain(char text[ABOUT_GAIN_CAP], const pith_prior_info *info);

/* Lines for people on stdout; is_exact: sizes to the byte. */
void about_prior_print(const pith_prior_info *info, const char *label, bool is_exact);

/* Fields of an object that is open. */
void about_prior_write(struct json *json, const pith_prior_info *info);

#endif
