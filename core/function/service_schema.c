/* SPDX-License-Identifier: MIT */
/* What bodies of http events must look like (service.h): request.schemas, and the models that they share by name. */
#include <ctype.h>
#include <string.h>

#include "function/schema.h"
#include "function/service_reader.h"

void
keep_models(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->models = node;
    if (node->type != NODE_MAP)
        reader_mismatch(reader, node, "a map of models");
}

/* A schema that several events name is compiled once. NULL: it was said. */
static const struct schema *
schema_of(struct service_reader *reader, const struct node *node)
{
    struct service *service = reader->service;
    const char *text;
    struct schema *schema;
    struct err err;

    for (size_t i = 0; i < service->schema_count; i++)
        if (reader->schema_nodes[i] == node)
            return service->schemas[i];
    text = read_json(reader, node);
    schema = text ? schema_new(str_of(text), &err) : NULL;
    if (text && !schema)
        reader_error(reader, node, "this schema cannot be used: %s", err.text);
    if (!schema)
        return NULL;
    reader->schema_nodes = reader_grow(reader, reader->schema_nodes, service->schema_count, sizeof(struct node *));
    service->schemas = reader_grow(reader, service->schemas, service->schema_count, sizeof(struct schema *));
    reader->schema_nodes[service->schema_count] = node;
    service->schemas[service->schema_count++] = schema;
    return schema;
}

static const struct node *
inside(const struct node *model)
{
    const struct node *schema = node_get(model, STR("schema"));

    return node_is(schema, NODE_MAP) ? schema : model;
}

/* The schema itself, a map with `schema` in it, or the name of a model of the provider. */
static const struct schema *
read_schema(struct service_reader *reader, const struct node *node)
{
    const struct node *model = node;

    if (node->type == NODE_TEXT && !(model = node_get(reader->models, node->text))) {
        reader_error(reader, node, "there is no model \"%.80s\" in provider.apiGateway.request.schemas", node->text.p);
        return NULL;
    }
    model = inside(model);
    if (model->type == NODE_MAP)
        return schema_of(reader, model);
    reader_mismatch(reader, model, "a schema, or the name of one of provider.apiGateway.request.schemas");
    return NULL;
}

void
read_schemas(struct service_reader *reader, const struct node *map, struct service_endpoint *endpoint)
{
    struct service_body *bodies = NULL;

    if (map->type != NODE_MAP) {
        reader_mismatch(reader, map, "a map such as application/json: {…}");
        return;
    }
    for (const struct node *child = map->first; child; child = child->next) {
        const struct schema *schema = child->type == NODE_NULL ? NULL : read_schema(reader, child);
        char *type = arena_strndup(reader->arena, child->key.p, child->key.len);

        if (!schema)
            continue;
        for (char *p = type; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        bodies = reader_grow(reader, bodies, endpoint->body_count, sizeof *bodies);
        bodies[endpoint->body_count++] = (struct service_body){ type, schema };
    }
    endpoint->bodies = bodies;
}
