/* See structure.h. */
#include "model/structure.h"

#include <string.h>

#include "model/hash.h"

void pith_structure_init(struct pith_structure *structure)
{
    memset(structure, 0, sizeof *structure);
}

static void track_brackets(struct pith_structure *structure, const struct pith_history *history,
                           uint8_t byte)
{
    if (byte == '(' || byte == '[' || byte == '{' || byte == '<') {
        if (structure->depth < PITH_STRUCTURE_DEPTH) {
            structure->open[structure->depth] = byte;
            structure->open_at[structure->depth] = pith_hash(60, history->last8 >> 8 & 0xffffff);
        }
        structure->depth += structure->depth < PITH_STRUCTURE_DEPTH;
    } else if ((byte == ')' || byte == ']' || byte == '}' || byte == '>') && structure->depth > 0) {
        structure->depth--;
    }
}

void pith_structure_update(struct pith_structure *structure, const struct pith_history *history)
{
    uint8_t byte = pith_history_back(history, 1);

    track_brackets(structure, history, byte);
    if (byte == '<') {
        structure->in_tag = 1;
        structure->tag = 0;
    } else if (structure->in_tag) {
        if (byte == ' ' || byte == '>' || byte == '\n')
            structure->in_tag = 0;
        else
            structure->tag = (structure->tag + byte + 1) * 0x2f0b4c47u;
    }
    if (byte == '\n') {
        structure->last_line_start = structure->line_start;
        structure->line_start = (uint32_t)history->pos;
        structure->column = 0;
        structure->line_first = 0;
    } else {
        structure->column++;
        if (structure->column <= 4)
            structure->line_first = structure->line_first << 8 | byte;
    }
    structure->above = 0;
    if (structure->last_line_start + structure->column < structure->line_start)
        structure->above = history->data[structure->last_line_start + structure->column];
}

void pith_structure_contexts(const struct pith_structure *structure,
                             const struct pith_history *history, uint32_t n, uint32_t *hashes)
{
    if (n == 0)
        return;

    uint32_t c1 = history->last8 & 255, top = 0;
    uint32_t column = structure->column < 255 ? structure->column : 255;
    uint64_t brackets = 0;

    for (uint32_t i = 0; i < 4 && i < structure->depth; i++)
        brackets = brackets << 8 | structure->open[structure->depth - 1 - i];
    if (structure->depth > 0)
        top = structure->open_at[structure->depth - 1];
    const uint32_t all[PITH_STRUCTURE_CONTEXTS] = {
        pith_hash2(50, brackets, c1),
        pith_hash2(51, structure->above, history->last8 & 0xffff),
        pith_hash2(52, column, structure->above << 8 | c1),
        pith_hash2(53, structure->tag, history->last8 & 0xffff),
        pith_hash2(54, structure->line_first, (uint64_t)structure->above << 8 | c1),
        pith_hash2(55, top, history->last8 & 0xffff),
    };

    memcpy(hashes, all, n * sizeof *all);
}
