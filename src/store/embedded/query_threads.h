#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "query/plan/answer.h"
#include "store/embedded/duck.h"
#include "store/embedded/row_source.h"

namespace store {

// The reading DuckDB instance and the few threads of low priority that ask it: opened at the first
// question, so that a process nobody asks stays small. Thread-safe.
class QueryThreads {
 public:
  static constexpr std::size_t kThreads = 4;  // further questions wait
  static constexpr std::uint64_t kMemoryOctets = 256u << 20;

  explicit QueryThreads(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~QueryThreads();
  QueryThreads(const QueryThreads&) = delete;
  QueryThreads& operator=(const QueryThreads&) = delete;

  using Work = std::function<void(duck::Connection&, RowSources&)>;
  // Runs the work on one of the threads and waits for its end. When `cancel` is set meanwhile, its
  // statements end with Interrupted; when it had not begun, it does not.
  base::Expected<void, query::QueryError> run(const query::Cancel& cancel, const Work& work);

 private:
  struct Job {
    const Work* work = nullptr;
    duck::Connection* connection = nullptr;  // while it runs
    bool done = false;
    std::optional<query::QueryError> problem;
    std::condition_variable changed;
  };

  void serve(const std::stop_token& stop);
  base::Expected<duck::Connection, base::IoError> connect();

  const std::filesystem::path folder_;
  RowSources sources_;

  std::mutex opening_;  // guards database_
  std::optional<duck::Database> database_;

  std::mutex mutex_;  // guards the members below, and the jobs
  std::condition_variable_any waiting_;
  std::deque<Job*> jobs_;
  std::size_t idle_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace store
