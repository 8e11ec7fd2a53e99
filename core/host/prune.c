/* SPDX-License-Identifier: MIT */
/* Removing copies that nobody needs (prune.h). */
#include "host/prune.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/worker.h"

/* Staging touches what it finds, so anything younger may be in use by a file dropped just now. */
enum { MIN_AGE_S = 60 };

struct job {
    struct message message;
    char *dir;
    struct map keep;
};

static void
job_free(struct job *job)
{
    map_fini(&job->keep);
    free(job->dir);
    free(job);
}

static void
work(struct message *message)
{
    struct job *job = container_of(message, struct job, message);
    DIR *dir = opendir(job->dir);
    struct dirent *entry;
    struct stat st;

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || map_find(&job->keep, str_of(entry->d_name)))
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            st.st_mtime < clock_wall_ms() / 1000 - MIN_AGE_S)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
    job_free(job);
}

void
prune_start(const char *staged_dir, struct map keep)
{
    struct job *job = mem_alloc(sizeof *job);

    job->dir = mem_strdup(staged_dir);
    job->keep = keep;
    if (!worker_post(&job->message, work))
        job_free(job);
}
