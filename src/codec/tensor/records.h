/* Records: runs of blocks of fields, such as a scale and the integers that it belongs to, become a run for each field.
 *
 * What has been n records one after the other is then all of the first field, all of the second, and so on, in the same
 * place. */
#ifndef PITH_CODEC_TENSOR_RECORDS_H
#define PITH_CODEC_TENSOR_RECORDS_H

#include "base/arena.h"
#include "codec/tensor/chunk_layout.h"

/* Memory to part and join with: more is faster, none is enough. */
struct pith_tensor_scratch {
    uint8_t *data;
    size_t len;
};

void pith_tensor_scratch_layout(struct pith_tensor_scratch *scratch, struct pith_arena *arena,
                                uint64_t raw_len);

/* The runs of the fields of a run of records, n_fields of them. */
void pith_tensor_records_describe(struct pith_tensor_run *fields,
                                  const struct pith_tensor_run *run);

/* All bytes of the record that begins with this run. */
uint64_t pith_tensor_records_len(const struct pith_tensor_run *fields);

/* Parts the records of runs of fields, in place; and puts them together again. */
void pith_tensor_records_part(const struct pith_tensor_run *fields, uint8_t *data,
                              const struct pith_tensor_scratch *scratch);
void pith_tensor_records_join(const struct pith_tensor_run *fields, uint8_t *data,
                              const struct pith_tensor_scratch *scratch);

#endif
