#include "store/embedded/query_threads.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace store {
namespace {

constexpr int kNice = 10;
constexpr unsigned kDuckThreads = 2;
constexpr auto kCancelInterval = std::chrono::milliseconds(20);

using query::QueryError;

}  // namespace

QueryThreads::~QueryThreads() {
  for (auto& thread : threads_) thread.request_stop();
  waiting_.notify_all();
  threads_.clear();  // joins
}

base::Expected<void, QueryError> QueryThreads::run(const query::Cancel& cancel, const Work& work) {
  Job job;
  job.work = &work;
  std::unique_lock lock(mutex_);
  jobs_.push_back(&job);
  // One that was notified and has not woken still counts as idle.
  if (jobs_.size() > idle_ && threads_.size() < kThreads) {
    threads_.emplace_back([this](const std::stop_token& stop) { serve(stop); });
  }
  waiting_.notify_one();
  while (!job.done) {
    job.changed.wait_for(lock, kCancelInterval);
    if (job.done || !cancel.is_set()) continue;
    if (job.connection != nullptr) {
      job.connection->interrupt();
    } else if (std::erase(jobs_, &job) != 0) {
      return base::Unexpected(QueryError{QueryError::Kind::Cancelled, ""});
    }
  }
  if (job.problem) return base::Unexpected(std::move(*job.problem));
  return {};
}

void QueryThreads::serve(const std::stop_token& stop) {
  // DuckDB's own threads are made by the first of these and inherit the priority. On Linux it is
  // the calling thread's alone.
  static_cast<void>(setpriority(PRIO_PROCESS, 0, kNice));
  auto connection = connect();
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    waiting_.wait(lock, stop, [this] { return !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;  // told to stop
    Job& job = *jobs_.front();
    jobs_.pop_front();
    if (!connection) {
      job.problem = QueryError{QueryError::Kind::Failed, base::to_text(connection.error())};
    } else {
      job.connection = &*connection;
      lock.unlock();
      (*job.work)(*connection, sources_);
      lock.lock();
      job.connection = nullptr;
    }
    job.done = true;
    job.changed.notify_one();
    if (!connection) {
      lock.unlock();
      connection = connect();
      lock.lock();
    }
  }
}

base::Expected<duck::Connection, base::IoError> QueryThreads::connect() {
  const std::lock_guard lock(opening_);
  if (!database_) {
    auto opened = duck::Database::open({.threads = kDuckThreads,
                                        .memory_octets = kMemoryOctets,
                                        .folder = folder_.string(),
                                        .spill_name = "reader"});
    if (!opened) return base::Unexpected(opened.error());
    auto first = duck::Connection::open(*opened);
    if (!first) return first;
    if (auto known = sources_.register_function(*first); !known) {
      return base::Unexpected(known.error());
    }
    database_.emplace(std::move(*opened));
    return first;
  }
  return duck::Connection::open(*database_);
}

}  // namespace store
