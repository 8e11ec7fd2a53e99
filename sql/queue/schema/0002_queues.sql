-- SPDX-License-Identifier: MIT
-- Named queues, whose call it is, and calls that run in the order of their acceptance.

-- queue: where it waits. fn is empty for a message, which whoever consumes the queue gets. stage: of the service. principal:
-- who sent it; NULL: nobody in particular. wanted: when it was to begin, from which its age counts; NULL: at created_ns.
-- trace: lines of headers that callbacks carry on. ordering: calls of one function with the same text run one after the
-- other; held: when one that waits for those before it would have been due.
ALTER TABLE call ADD COLUMN queue TEXT NOT NULL DEFAULT 'default';
ALTER TABLE call ADD COLUMN stage TEXT;
ALTER TABLE call ADD COLUMN principal TEXT;
ALTER TABLE call ADD COLUMN wanted BIGINT;
ALTER TABLE call ADD COLUMN trace TEXT;
ALTER TABLE call ADD COLUMN ordering TEXT;
ALTER TABLE call ADD COLUMN held BIGINT;
DROP INDEX call_due;
CREATE INDEX call_due ON call (queue, fn, due, seq) WHERE due IS NOT NULL;
CREATE INDEX call_order ON call (fn, ordering, seq) WHERE ordering IS NOT NULL AND finished IS NULL;

-- For counting without looking at every call.
CREATE INDEX call_dead ON call (queue, fn, finished) WHERE state = 'dead';
CREATE INDEX call_retrying ON call (queue, fn) WHERE state = 'retrying';
