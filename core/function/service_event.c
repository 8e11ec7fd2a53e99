/* SPDX-License-Identifier: MIT */
/* What makes a function run (service.h): events by source. Addresses: service_endpoint.c. */
#include <string.h>

#include "base/mem.h"
#include "config/suggest.h"
#include "function/service_reader.h"
#include "function/timetable.h"
#include "function/zone.h"
#include "json/validate.h"

enum { MAX_RATES = 64, MAX_INPUT = 8192, CATCH_UP_MS = 5 * 60 * 1000 };

/* Growing lists of one function while its events are read. */
struct collection {
    struct service_function *function;
    struct service_endpoint *endpoints;
    struct service_schedule *schedules;
    struct service_sqs *sqs;
};

/* ---- schedule (functions.md 6.1) ---- */

struct schedule_draft {
    struct service_schedule schedule;
    const struct node *rate, *input, *transformer, *method;
};

static const struct field transformer_fields[] = {
    TEXT_FIELD("inputTemplate", struct service_schedule, input_template, MAX_INPUT),
    OTHER_FIELD("inputPathsMap", FIELD_JSON, struct service_schedule, input_paths),
    END_OF_FIELDS,
};

static const struct field schedule_fields[] = {
    OTHER_FIELD("rate", FIELD_KEEP, struct schedule_draft, rate),
    OTHER_FIELD("enabled", FIELD_BOOL, struct schedule_draft, schedule.is_enabled),
    TEXT_FIELD("name", struct schedule_draft, schedule.name, 64),
    TEXT_FIELD("description", struct schedule_draft, schedule.description, 512),
    OTHER_FIELD("input", FIELD_KEEP, struct schedule_draft, input),
    TEXT_FIELD("inputPath", struct schedule_draft, schedule.input_path, 256),
    OTHER_FIELD("inputTransformer", FIELD_KEEP, struct schedule_draft, transformer),
    OTHER_FIELD("method", FIELD_KEEP, struct schedule_draft, method),
    TEXT_FIELD("timezone", struct schedule_draft, schedule.timezone, 64),
    OTHER_FIELD("overlap", FIELD_BOOL, struct schedule_draft, schedule.allows_overlap),
    OTHER_FIELD("catchUp", FIELD_DURATION, struct schedule_draft, schedule.catch_up_ms),
    AWS_FIELD("groupName"),
    AWS_FIELD("roleArn"),
    END_OF_FIELDS,
};

static void
add_rate(struct service_reader *reader, const struct node *node, struct schedule_draft *draft,
         struct collection *collection)
{
    struct service_function *function = collection->function;
    struct timetable timetable;
    struct err err;

    if (!read_text(reader, node, &draft->schedule.rate))
        return;
    if (!timetable_parse(str_of(draft->schedule.rate), &timetable, &err)) {
        reader_error(reader, node, "%s", err.text);
        return;
    }
    collection->schedules =
        reader_grow(reader, collection->schedules, function->schedule_count, sizeof *collection->schedules);
    collection->schedules[function->schedule_count++] = draft->schedule;
}

/* A text that is JSON is that JSON; any other text is a JSON string. */
static const char *
read_input(struct service_reader *reader, const struct node *node)
{
    const char *text;

    if (node->type == NODE_TEXT && json_validate(node->text, 0, NULL, NULL))
        text = arena_strndup(reader->arena, node->text.p, node->text.len);
    else
        text = read_json(reader, node);
    if (text && strlen(text) > MAX_INPUT)
        reader_error(reader, node, "has more than %d bytes", MAX_INPUT);
    return text;
}

static void
check_schedule(struct service_reader *reader, const struct node *node, struct schedule_draft *draft)
{
    struct service_schedule *schedule = &draft->schedule;
    const char *method = "eventBus";
    struct zone *zone;
    struct err err;

    if (draft->method && read_text(reader, draft->method, &method) && strcmp(method, "eventBus") != 0 &&
        strcmp(method, "scheduler") != 0)
        reader_mismatch(reader, draft->method, "eventBus or scheduler");
    if (schedule->name && !is_name(schedule->name, ".-_", 64))
        reader_error(reader, node, "\"%s\" cannot be the name of a schedule: letters, digits, . - and _",
                     schedule->name);
    if (schedule->timezone && strcmp(method, "scheduler") != 0)
        reader_error(reader, node, "timezone needs `method: scheduler`");
    if ((schedule->input_path || draft->transformer) && strcmp(method, "eventBus") != 0)
        reader_error(reader, node, "inputPath and inputTransformer need `method: eventBus`");
    if (!!draft->input + !!schedule->input_path + !!draft->transformer > 1)
        reader_error(reader, node, "only one of input, inputPath and inputTransformer can be given");
    if (!schedule->timezone)
        return;
    zone = zone_open(schedule->timezone, &err);
    if (!zone)
        reader_error(reader, node, "%s", err.text);
    zone_free(zone);
}

static void
read_schedule(struct service_reader *reader, const struct node *node, struct collection *collection)
{
    struct schedule_draft draft = { .schedule = { .is_enabled = true, .catch_up_ms = CATCH_UP_MS }, .rate = node };

    if (node->type == NODE_MAP) {
        draft.rate = NULL;
        read_fields(reader, node, schedule_fields, &draft);
        if (draft.input)
            draft.schedule.input = read_input(reader, draft.input);
        if (draft.transformer)
            read_fields(reader, draft.transformer, transformer_fields, &draft.schedule);
        check_schedule(reader, node, &draft);
    }
    if (!draft.rate || (draft.rate->type == NODE_LIST && !draft.rate->count)) {
        reader_error(reader, node, "needs a rate: rate(5 minutes), cron(15 3 * * ? *)");
    } else if (draft.rate->type != NODE_LIST) {
        add_rate(reader, draft.rate, &draft, collection);
    } else if (draft.rate->count > MAX_RATES || (draft.schedule.name && draft.rate->count > 1)) {
        reader_error(reader, draft.rate, "%s",
                     draft.schedule.name ? "a name stands for one rate, not for several" : "too many rates");
    } else {
        for (const struct node *child = draft.rate->first; child; child = child->next)
            add_rate(reader, child, &draft, collection);
    }
}

/* ---- sqs ---- */

struct sqs_draft {
    struct service_sqs sqs;
    const struct node *arn;
    const char *response;
};

static const struct field sqs_fields[] = {
    TEXT_FIELD("queue", struct sqs_draft, sqs.queue, 80),
    OTHER_FIELD("arn", FIELD_KEEP, struct sqs_draft, arn),
    RANGE_FIELD("batchSize", FIELD_INT, struct sqs_draft, sqs.batch_size, 1, 10000),
    RANGE_FIELD("maximumBatchingWindow", FIELD_INT, struct sqs_draft, sqs.window_s, 0, 300),
    OTHER_FIELD("enabled", FIELD_BOOL, struct sqs_draft, sqs.is_enabled),
    TEXT_FIELD("functionResponseType", struct sqs_draft, response, 64),
    OTHER_FIELD("filterPatterns", FIELD_JSON, struct sqs_draft, sqs.filter_patterns),
    AWS_FIELD("maximumConcurrency"),
    END_OF_FIELDS,
};

/* A queue that CloudFormation would make, !GetAtt Orders.Arn: one of that name here. NULL: it is something else. */
static const char *
queue_of_resource(struct service_reader *reader, const struct node *arn)
{
    const struct node *attribute = node_get(arn, STR("Fn::GetAtt"));
    const char *queue;

    if (node_is(attribute, NODE_LIST))
        attribute = attribute->first;
    if (!attribute || attribute->type != NODE_TEXT)
        return NULL;
    queue = arena_strndup(reader->arena, attribute->text.p, strcspn(attribute->text.p, "."));
    reader_warn(reader, arn, "the queue is one of this server, named %s", queue);
    return queue;
}

/* "orders", "arn:aws:sqs:eu-1:1:orders" */
static const char *
queue_of(struct service_reader *reader, const struct node *arn)
{
    const char *text;

    if (arn->type == NODE_MAP)
        return queue_of_resource(reader, arn);
    return read_text(reader, arn, &text) ? last_part(text) : NULL;
}

static void
read_sqs(struct service_reader *reader, const struct node *node, struct collection *collection)
{
    struct sqs_draft draft = { .sqs = { .batch_size = 10, .is_enabled = true } };
    struct service_function *function = collection->function;

    if (node->type == NODE_MAP && !node_get(node, STR("Fn::GetAtt")))
        read_fields(reader, node, sqs_fields, &draft);
    else
        draft.arn = node;
    if (draft.arn && !draft.sqs.queue)
        draft.sqs.queue = queue_of(reader, draft.arn);
    draft.sqs.reports_failures = draft.response != NULL;
    if (draft.response && strcmp(draft.response, "ReportBatchItemFailures") != 0)
        reader_error(reader, node, "functionResponseType can only be ReportBatchItemFailures");
    if (!draft.sqs.queue || !is_name(draft.sqs.queue, "-_.", 80)) {
        reader_error(reader, node, "needs a queue: a name of letters, digits, - _ and .");
        return;
    }
    collection->sqs = reader_grow(reader, collection->sqs, function->sqs_count, sizeof *collection->sqs);
    collection->sqs[function->sqs_count++] = draft.sqs;
}

/* ---- all sources ---- */

static const char *const other_sources[] = {
    "activemq",
    "alb",
    "alexaSkill",
    "alexaSmartHome",
    "cloudFront",
    "cloudwatchEvent",
    "cloudwatchLog",
    "cognitoUserPool",
    "eventBridge",
    "iot",
    "iotFleetProvisioning",
    "kafka",
    "msk",
    "rabbitmq",
    "s3",
    "sns",
    "stream",
    "websocket",
};
static const char *const our_sources[] = { "http", "httpApi", "schedule", "sqs" };

static void
refuse_source(struct service_reader *reader, const struct node *node, struct str name)
{
    struct suggestion suggestion = { .wanted = name };
    bool is_aws = false, is_ours = false;

    for (size_t i = 0; i < COUNT_OF(other_sources); i++)
        is_aws = is_aws || str_is(name, other_sources[i]);
    for (size_t i = 0; i < COUNT_OF(our_sources); i++) {
        is_ours = is_ours || str_is(name, our_sources[i]);
        suggest(&suggestion, our_sources[i]);
    }
    if (is_ours)
        reader_error(reader, node, "%.*s says nothing yet; with settings it is a map, such as - http: GET /quote",
                     STR_ARG(name));
    else if (!is_aws && suggestion.best)
        reader_error(reader, node, "there is no event source %.*s; did you mean %s?", STR_ARG(name), suggestion.best);
    else
        (reader->is_strict ? service_error
                           : service_warn)(reader->problems, node->at, "the event source %.*s is not available here%s",
                                           STR_ARG(name), reader->is_strict ? "" : ": this event is ignored");
}

/* One event: a map with one key. Indented one step too little, its settings are keys beside it. */
static void
read_event(struct service_reader *reader, const struct node *event, struct collection *collection)
{
    const struct node *node = event->type == NODE_MAP ? event->first : NULL;
    struct service_function *function = collection->function;

    if (event->type == NODE_TEXT) {
        refuse_source(reader, event, event->text);
    } else if (!node || event->count != 1) {
        reader_error(reader, event, "an event is a map with one key, its source%s",
                     node && node->type == NODE_NULL ? "; its settings must be indented further than that" : "");
    } else if (str_is(node->key, "http") || str_is(node->key, "httpApi")) {
        collection->endpoints[function->endpoint_count] = (struct service_endpoint){ .authorizer = SERVICE_UNSET };
        if (read_endpoint(reader, node, str_is(node->key, "httpApi"), &collection->endpoints[function->endpoint_count]))
            function->endpoint_count++;
    } else if (str_is(node->key, "schedule")) {
        read_schedule(reader, node, collection);
    } else if (str_is(node->key, "sqs")) {
        read_sqs(reader, node, collection);
    } else {
        refuse_source(reader, node, node->key);
    }
}

void
read_events(struct service_reader *reader, const struct node *node, void *into)
{
    struct collection collection = { .function = into };

    if (node->type != NODE_LIST) {
        reader_mismatch(reader, node, "a list of events");
        return;
    }
    collection.endpoints = arena_alloc(reader->arena, (node->count + 1) * sizeof *collection.endpoints);
    for (const struct node *event = node->first; event; event = event->next)
        read_event(reader, event, &collection);
    collection.function->endpoints = collection.endpoints;
    collection.function->schedules = collection.schedules;
    collection.function->sqs = collection.sqs;
}
