/* What the tests of messages share: small messages of every kind. */
#ifndef TESTS_API_MESSAGES_H
#define TESTS_API_MESSAGES_H

#include "api/priors.h"
#include "golden/data.h"

#define MESSAGE_MAX 6000 /* the longest of them */

/* LIKE_SAMPLES: what priors have been trained on. */
#define LIKE_SAMPLES 99

static const struct {
    int kind;
    size_t len;
} message_table[] = {
    {LIKE_SAMPLES, 0}, {OPEN_TEXT, 900},  {JSON, 400},      {RECORDS, 240},    {X86_CODE, 500},
    {RANDOM, 300},     {TEXT, 0},         {TEXT, 1},        {LIKE_SAMPLES, 1}, {RANDOM, 1},
    {RANDOM, 2},       {TEXT, 2},         {JSON, 3},        {OPEN_TEXT, 5500}, {OPEN_TEXT, 60},
    {ZERO, 1},         {ZERO, 200},       {ZERO, 2000},     {CSV, 300},        {DIGITS, 128},
    {RECORDS, 2400},   {LIKE_SAMPLES, 2}, {X86_CODE, 3000}, {PERIOD, 700},     {TEXT, 6000},
    {HALVES, 2000},    {LIKE_SAMPLES, 3}, {OPEN_TEXT, 250}, {ASSORTED, 4000},  {X86_CODE, 60},
    {RECORDS, 48},     {LIKE_SAMPLES, 4}, {JSON, 1500},     {RANDOM, 5000},    {OPEN_TEXT, 1800},
    {TEXT, 35},
};

#define N_MESSAGES COUNT(message_table)

static inline struct bytes message_at(size_t i)
{
    int kind = message_table[i % N_MESSAGES].kind;
    size_t len = message_table[i % N_MESSAGES].len;

    return kind == LIKE_SAMPLES ? make_message(1000 + len) : golden_data(kind, len);
}

#endif
