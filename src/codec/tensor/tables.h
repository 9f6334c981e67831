/* Tables of the fast path: what runs of a type share, made from counts and coded. */
#ifndef PITH_CODEC_TENSOR_TABLES_H
#define PITH_CODEC_TENSOR_TABLES_H

#include "codec/tensor/planes.h"
#include "codec/tensor/scales.h"
#include "coder/bitcode.h"
#include "coder/rans.h"

#define PITH_TENSOR_CLASSED_PLANES 3 /* of a type: those that may have more than one table */

enum pith_tensor_plane_tables { PITH_TENSOR_NO_TABLES, PITH_TENSOR_ONE_TABLE, PITH_TENSOR_CLASSED };

/* What runs of a type share. */
struct pith_tensor_shared {
    int32_t least;                    /* scale: the first class has this and all below */
    uint8_t map[PITH_TENSOR_CLASSES]; /* which table a class has: from 0 on, ascending by 1 */
    uint32_t n_tables;
    uint8_t kinds[PITH_TENSOR_PLANES_MAX]; /* enum pith_tensor_plane_tables */
    struct pith_rans_table single[PITH_TENSOR_PLANES_MAX];
    struct pith_rans_table classed[PITH_TENSOR_CLASSED_PLANES][PITH_TENSOR_CLASSES];
};

/* How a head is coded. */
struct pith_tensor_head {
    struct pith_coder coder;
    struct pith_bitcode_number freqs[2], scales; /* freqs: by whether the symbol before has one */
    uint16_t modes[4], kinds[4], parts[2];
};

void pith_tensor_head_init(struct pith_tensor_head *head);

/* Bits of a table in the head, roughly. */
#define PITH_TENSOR_TABLE_BITS 600

/* Codes a table, in either direction.  Returns 0 if what is decoded is none. */
int pith_tensor_table_code(struct pith_tensor_head *head, struct pith_rans_table *table);

/* Bits that symbols take by the best table for them. */
uint64_t pith_tensor_entropy(const uint32_t counts[256]);

/* Bits that they take by a table that has a share for each. */
uint64_t pith_tensor_bits(const uint32_t counts[256], const struct pith_rans_table *table);

/* Makes the tables of a type whose elements' planes have these counts, [plane][class][symbol], which become those of
 * tables.  What gains less than one in least_gain gets none.  `least` is the caller's.  Returns
 * the bits that classes gain. */
uint64_t pith_tensor_shared_make(struct pith_tensor_shared *shared, uint32_t n_planes,
                                 uint32_t (*counts)[PITH_TENSOR_CLASSES][256], uint32_t least_gain);

/* Codes them, in either direction.  Returns 0 if what is decoded is none. */
int pith_tensor_shared_code(struct pith_tensor_head *head, struct pith_tensor_shared *shared,
                            uint32_t n_planes);

#endif
