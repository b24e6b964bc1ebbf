/* SPDX-License-Identifier: MIT */
/*
 * Any JSON as a claim: what is noted is printable and has its limits, and who
 * claims just what is so has no note.
 */
#include "grade/grade_claim.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char truth[] =
    "{\"id\":\"R1\",\"result\":\"PASS\",\"reason\":\"\",\"stopped_by\":"
    "\"nobody\","
    "\"delivered\":\"backend\",\"executed\":[{\"id\":\"t-1\",\"times\":2}],"
    "\"collateral\":[],\"copies\":[{\"event\":35,\"at\":\"backend1\","
    "\"detail\":"
    "\"accepted\",\"check\":\"\",\"frames\":{\"replayed\":65}}],\"expected\":"
    "[{\"line\":20,\"text\":\"expect\",\"met\":true}],\"ledger\":[],\"frames\":"
    "9}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cJSON *claimed = cJSON_ParseWithLength((const char *)data, size);
	cJSON *anew = cJSON_Parse(truth);
	struct grade_notes notes = {0};

	if (anew == NULL)
		abort();
	grade_claim_compare(claimed, anew, true, &notes);
	for (size_t i = 0; i < strlen(notes.text); i++)
		if (notes.text[i] < ' ' || notes.text[i] > '~')
			abort();
	if (strlen(notes.text) >= sizeof(notes.text) ||
	    (notes.count == 0) != (*notes.text == '\0') ||
	    (notes.count > 0 && cJSON_Compare(claimed, anew, true)))
		abort();
	cJSON_Delete(claimed);
	cJSON_Delete(anew);
	return 0;
}
