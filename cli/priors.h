/* The priors at hand: the one that -D names, and those of PITH_PRIOR_PATH that archives turn out to
 * need. */
#ifndef PITH_CLI_PRIORS_H
#define PITH_CLI_PRIORS_H

#include "source.h"

/* Those once opened stay so, since what decodes may still use them. */
struct priors {
    pith_prior **opened;
    size_t n_opened;
};

/* Opens what -D names, if it does, and sets settings->priors and ->prior, and for what packs ->level. */
enum code priors_open(struct priors *priors, struct settings *settings);
void priors_close(struct priors *priors);

/* After PITH_E_PRIOR: finds the prior that *error says is needed.  Else says which it is and where it
 * was looked for. */
enum code priors_find(const pith_prior **prior, const struct settings *settings, const char *label,
                      const pith_error *error);

/* *is_one: it is a regular file that begins as priors do. */
enum code priors_look(bool *is_one, const struct source *source);

/* Opens it and says what is wrong with it. */
enum code priors_test(const struct settings *settings, const struct source *source);

/* What it says of itself. */
enum code priors_peek(pith_prior_info *info, const struct source *source);

#endif
