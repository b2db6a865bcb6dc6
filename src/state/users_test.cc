#include "state/users.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "state/secrets.h"

namespace state {
namespace {

constexpr base::UnixMs kNow = 1'795'000'000'000;
const std::string kPassword = "correct horse";

class UsersTest : public testing::Test {
 protected:
  UsersTest() {
    std::string pattern = testing::TempDir() + "users_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    users_.emplace(std::move(*Users::open(folder_ / "state.db")));
  }
  ~UsersTest() override {
    users_.reset();
    std::filesystem::remove_all(folder_);
  }
  template <class T>
  static std::string where(const base::Expected<T, UsersError>& result) {
    EXPECT_FALSE(result);
    return result ? "" : std::get<base::UserError>(result.error()).where;
  }

  std::filesystem::path folder_;
  std::optional<Users> users_;
};

TEST_F(UsersTest, TheFirstAdminIsMadeOnce) {
  EXPECT_FALSE(*users_->has_admin());
  ASSERT_TRUE(users_->create_first_admin("ada", kPassword, kNow));
  EXPECT_TRUE(*users_->has_admin());
  EXPECT_EQ(where(users_->create_first_admin("eve", kPassword, kNow)), "setup");
  EXPECT_FALSE(*users_->check_password("eve", kPassword));
}

TEST_F(UsersTest, NamesAndPasswordsAreChecked) {
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a\n"), std::string(65, 'a')}) {
    EXPECT_EQ(where(users_->create_first_admin(name, kPassword, kNow)), "name");
  }
  EXPECT_EQ(where(users_->create_first_admin("ada", "1234567", kNow)), "password");
  EXPECT_EQ(where(users_->create_first_admin("ada", std::string(1'025, 'x'), kNow)), "password");
  EXPECT_FALSE(*users_->has_admin());
  EXPECT_TRUE(users_->create_first_admin("ada@example.net", std::string(1'024, 'x'), kNow));
}

TEST_F(UsersTest, OnlyTheRightPasswordFits) {
  ASSERT_TRUE(users_->create_first_admin("ada", kPassword, kNow));
  const auto user = users_->check_password("ada", kPassword);
  ASSERT_TRUE(user && *user);
  EXPECT_EQ((*user)->role, Role::Admin);
  EXPECT_FALSE(*users_->check_password("ada", "correct horsE"));
  EXPECT_FALSE(*users_->check_password("ada", ""));
  EXPECT_FALSE(*users_->check_password("bob", kPassword));
  EXPECT_FALSE(*users_->check_password("' OR 1=1 --", kPassword));
}

TEST_F(UsersTest, ANewPasswordEndsTheSessions) {
  ASSERT_TRUE(users_->create_first_admin("ada", kPassword, kNow));
  const auto session = users_->start_session("ada", kNow);
  ASSERT_TRUE(*users_->find_session(session->secret, kNow));
  ASSERT_TRUE(users_->set_password("ada", "battery staple"));
  EXPECT_FALSE(*users_->find_session(session->secret, kNow));
  EXPECT_FALSE(*users_->check_password("ada", kPassword));
  EXPECT_TRUE(*users_->check_password("ada", "battery staple"));

  const auto unknown = users_->set_password("bob", kPassword);
  EXPECT_EQ(where(unknown), "NAME");
  EXPECT_EQ(std::get<base::UserError>(unknown.error()).hint, "known: ada");
}

TEST_F(UsersTest, SessionsExpireAndAreBounded) {
  ASSERT_TRUE(users_->create_first_admin("ada", kPassword, kNow));
  const auto first = users_->start_session("ada", kNow);
  const auto second = users_->start_session("ada", kNow + 1);
  EXPECT_EQ(first->expires, kNow + Users::kSessionMs);
  EXPECT_TRUE(*users_->find_session(first->secret, first->expires - 1));
  EXPECT_FALSE(*users_->find_session(first->secret, first->expires));

  for (std::int64_t i = 1; i < Users::kSessionsMax; ++i) {
    ASSERT_TRUE(users_->start_session("ada", kNow + 2));
  }
  EXPECT_FALSE(*users_->find_session(first->secret, kNow + 2));  // the first to end went
  EXPECT_TRUE(*users_->find_session(second->secret, kNow + 2));

  ASSERT_TRUE(users_->end_session(second->secret));
  EXPECT_FALSE(*users_->find_session(second->secret, kNow + 2));
}

TEST_F(UsersTest, TokensAreFoundByTheirSecretAndByNothingElse) {
  const auto made = users_->create_token("grafana", Role::Viewer, kNow);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->secret.starts_with("weir_"));
  const auto found = users_->find_token(made->secret);
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->name, "grafana");
  EXPECT_EQ((*found)->role, Role::Viewer);
  EXPECT_FALSE(*users_->find_token(made->secret + "x"));
  EXPECT_FALSE(*users_->find_token(hash_of(made->secret)));
  EXPECT_EQ(where(users_->create_token("grafana", Role::Admin, kNow)), "name");

  EXPECT_EQ(users_->tokens()->size(), 1u);
  EXPECT_TRUE(*users_->delete_token(made->token.id));
  EXPECT_FALSE(*users_->delete_token(made->token.id));
  EXPECT_FALSE(*users_->find_token(made->secret));
}

TEST_F(UsersTest, AnotherProcessSeesTheSame) {
  auto other = Users::open(folder_ / "state.db");
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->create_first_admin("ada", kPassword, kNow));
  const auto token = other->create_token("t", Role::Admin, kNow);
  EXPECT_TRUE(*users_->has_admin());
  EXPECT_TRUE(*users_->find_token(token->secret));
}

TEST(Secrets, AreLongRandomAndSafeInUrls) {
  const std::string secret = random_secret();
  EXPECT_EQ(secret.size(), 43u);
  EXPECT_EQ(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_"),
            std::string::npos);
  EXPECT_NE(secret, random_secret());
  EXPECT_NE(csrf_token_of(secret), secret);
  EXPECT_EQ(csrf_token_of(secret), csrf_token_of(secret));
}

TEST(Secrets, ACodeIsEasyToType) {
  const std::string code = random_code();
  ASSERT_EQ(code.size(), 7u);
  EXPECT_EQ(code[4], '-');
  EXPECT_EQ(code.find_first_of("ILOU"), std::string::npos);
}

TEST(Secrets, AreComparedWhole) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

}  // namespace
}  // namespace state
