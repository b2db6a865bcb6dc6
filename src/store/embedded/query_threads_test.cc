#include "store/embedded/query_threads.h"

#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using QueryThreadsTest = StoreTest;

TEST_F(QueryThreadsTest, QuestionsAtTheSameTimeRunAtTheSameTime) {
  for (int round = 0; round < 20; ++round) {
    QueryThreads threads(folder_);
    const query::Cancel never;
    // Leaves one thread idle.
    ASSERT_TRUE(threads.run(never, [](duck::Connection&, RowSources&) {}));
    std::mutex mutex;  // guards running
    std::condition_variable changed;
    std::size_t running = 0;
    std::atomic<std::size_t> met = 0;
    const auto meet = [&](duck::Connection&, RowSources&) {
      std::unique_lock lock(mutex);
      ++running;
      changed.notify_all();
      const auto all = [&] { return running == QueryThreads::kThreads; };
      met += changed.wait_for(lock, std::chrono::seconds(5), all) ? 1 : 0;
    };
    {
      std::vector<std::jthread> askers;
      for (std::size_t i = 0; i < QueryThreads::kThreads; ++i) {
        askers.emplace_back([&] { EXPECT_TRUE(threads.run(never, meet)); });
      }
    }
    ASSERT_EQ(met, QueryThreads::kThreads);
  }
}

}  // namespace
}  // namespace store
