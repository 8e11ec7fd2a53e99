/* SPDX-License-Identifier: MIT */
#include <interlude.h>

static il_status reindex_one(size_t shard);

static il_status
reindex(il_ctx *ctx)
{
    static const size_t shards[] = { 4, 8, 16 };
    size_t pick;
    bool yes;
    IL_TRY(il_ask(ctx, IL_SELECT(&pick, "Cluster", .value = "small",
                                 IL_OPTIONS(IL_OPT("Small", "small", .description = "4 shards"),
                                            IL_OPT("Medium", "medium", .description = "8 shards"),
                                            IL_OPT("Large", "large", .description = "16 shards")))));
    IL_TRY(il_confirm(ctx, "Rebuild the index?", "Searches are slower while it runs.", &yes));
    if (!yes)
        return il_return_str(ctx, "Nothing changed.");

    il_loading_start(ctx, "Rebuilding", .items = (uint32_t)shards[pick]);
    for (size_t i = 0; i < shards[pick]; i++) {
        if (il_canceled(ctx))
            return IL_CANCELED;
        if (reindex_one(i) != IL_OK)
            return il_fail(ctx, "Shard %zu failed", i);
        il_loading_step(ctx);
        il_log(ctx, "shard %zu done", i);
    }
    return il_return(ctx, { "shards", IL_I((int64_t)shards[pick]) });
}

static il_status
reindex_one(size_t shard)
{
    (void)shard;
    return IL_OK;
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("ops/reindex", reindex, .name = "Rebuild search index", .backgroundable = true,
                    .access = IL_TEAMS("operations")),
};
IL_MODULE(routes, .load = NULL);
