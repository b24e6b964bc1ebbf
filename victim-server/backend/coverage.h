/* SPDX-License-Identifier: MIT */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "backend/defence.h"

/*
 * Does a signature cover all of the request that the policy wants covered
 * (RFC 9421 section 7.2.1)?  Method, target and content, and the fields that
 * say when it is to take effect, where it has them.  Pure.
 */
bool coverage_is_whole(const struct defence_policy *policy,
    const struct http_message *request, const struct http_signature *sig);

#endif
