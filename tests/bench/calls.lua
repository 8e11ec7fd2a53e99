-- SPDX-License-Identifier: MIT
-- What wrk sends to measure durable calls.
wrk.method = "POST"
wrk.body = string.rep("x", 512)
wrk.headers["Content-Type"] = "application/octet-stream"
