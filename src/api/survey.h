/* Survey: goes through a damaged archive and finds the records that are sound.
 *
 * It walks from record to record as a decoder does.  Where none stands, it looks for the next one:
 * by its magic, its check and, within a frame, by the frame's id.  A chunk's header has its raw
 * offset, and an index the length of the whole, so what is missing between them is known exactly.
 *
 * Time is linear in the archive's length whatever is in it: looking ahead for one frame's records has
 * a budget, and when that is used up the first sound record of any frame is taken.  So have the
 * payloads of broken chunks, which are gone through twice, and indexes. */
#ifndef PITH_API_SURVEY_H
#define PITH_API_SURVEY_H

#include "api/window.h"
#include "container/index.h"

enum pith_found {
    PITH_FOUND_CHUNK, /* chunk, its payload and its place; whether it decodes is for the caller */
    PITH_FOUND_LOSS,  /* raw_len bytes from raw_offset are lost, UINT64_MAX = how many is unknown */
    PITH_FOUND_DAMAGE, /* something is not as it was written; what it cost, if anything, follows */
    PITH_FOUND_RECORD, /* a record that has nothing to tell, or a search has moved on */
    PITH_FOUND_END
};

struct pith_survey {
    struct pith_window window;
    uint64_t position;      /* where a record is expected */
    uint64_t payload_start; /* of the chunk found last */
    uint64_t budget;        /* bytes that may still be looked ahead, or gone through once more */
    uint64_t index_budget;  /* bytes of indexes that may still be read */
    int has_met_record;
    int is_newer; /* the archive is of a format that this version does not know */

    int is_searching;  /* no record stands at the position */
    int is_distrusted; /* the chunk before is broken: search from its payload on */
    int is_searched;   /* that has been done; once is enough */
    int is_loss_told;  /* what this search comes from has been told already */

    int in_frame;
    int has_frame; /* its header was read */
    struct pith_frame_header frame;
    int has_met_index; /* it stands where it should, broken or not: no chunk is missing at the end */
    uint64_t id;       /* of the frame */
    uint64_t raw_start;        /* where the frame's content begins in the whole */
    uint64_t raw_next;         /* bytes of it that are accounted for */
    int is_whole;              /* its header was read, and nothing of it is missing so far */
    int is_unruly;             /* a chunk is not as the header allows */
    struct pith_index_sum sum; /* of its chunks, while it is whole */

    /* What was found. */
    struct pith_chunk_header chunk; /* its payload is at payload_start */
    uint64_t raw_offset, raw_len;   /* of the chunk or the loss, in the whole */
    pith_error why;                 /* of the last damage */
};

void pith_survey_init(struct pith_survey *survey, const struct pith_archive *archive);

/* One step.  PITH_E_IO; PITH_E_UNSUPPORTED if the archive begins with a frame of a newer format. */
pith_status pith_survey_step(struct pith_survey *survey, enum pith_found *found, pith_error *error);

/* After PITH_FOUND_DAMAGE: the chunk found last does not decode, so its payload may have lost or gained
 * bytes, and the next record may begin before its end. */
void pith_survey_distrust(struct pith_survey *survey);

#endif
