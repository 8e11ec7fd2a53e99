/* SPDX-License-Identifier: MIT */
/* What can be said of a service only when all of it is read (service.h). Addresses: service_endpoint.c. */
#include <string.h>

#include "base/mem.h"
#include "function/service_reader.h"

static void
check_names(struct service_reader *reader)
{
    for (size_t i = 0; i < reader->service->function_count; i++)
        for (size_t j = 0; j < i && reader->functions[i].name; j++)
            if (reader->functions[j].name && strcmp(reader->functions[i].name, reader->functions[j].name) == 0)
                reader_error(reader, reader->function_nodes[i], "has the same full name as %s: %s",
                             reader->functions[j].key, reader->functions[i].name);
}

/* Rules are kept by their names: two of one name would be one. */
static void
check_schedules(struct service_reader *reader)
{
    const char **seen = NULL;
    size_t count = 0;

    for (size_t i = 0; i < reader->service->function_count; i++) {
        for (size_t j = 0; j < reader->functions[i].schedule_count; j++) {
            const char *name = reader->functions[i].schedules[j].name;

            for (size_t k = 0; name && k < count; k++)
                if (strcmp(seen[k], name) == 0)
                    reader_error(reader, reader->function_nodes[i], "there is another schedule named %s", name);
            seen = reader_grow(reader, seen, count, sizeof *seen);
            if (name)
                seen[count++] = name;
        }
    }
}

/* Functions may share a queue; one function has it once. */
static void
check_queues(struct service_reader *reader)
{
    for (size_t i = 0; i < reader->service->function_count; i++) {
        const struct service_sqs *sqs = reader->functions[i].sqs;

        for (size_t j = 1; j < reader->functions[i].sqs_count; j++)
            for (size_t k = 0; k < j; k++)
                if (sqs[j].is_enabled && sqs[k].is_enabled && strcmp(sqs[j].queue, sqs[k].queue) == 0)
                    reader_error(reader, reader->function_nodes[i], "it has the queue %s twice", sqs[j].queue);
    }
}

static void
check_mount(struct service_reader *reader, const struct node *root)
{
    const struct service *service = reader->service;

    if (!service->mount && (service->is_mounted_only[ENDPOINT_HTTP] || service->is_mounted_only[ENDPOINT_HTTP_API]))
        reader_warn(reader, node_get(root, STR("provider")),
                    "disableDefaultEndpoint leaves no address: say where the service is with custom.interlude.mount");
}

void
check_whole(struct service_reader *reader, const struct node *root)
{
    check_names(reader);
    check_schedules(reader);
    check_queues(reader);
    check_mount(reader, root);
}
