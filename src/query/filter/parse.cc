#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "base/check.h"
#include "base/json_text.h"
#include "base/letters.h"
#include "flow/mac.h"
#include "query/filter/filter.h"
#include "query/filter/keys.h"
#include "query/filter/values.h"

// The grammar, one function per rule of docs/filter.md:
//
//   either  = both *( "|" both )
//   both    = 1*term                        separated by blanks
//   term    = *"-" ( "(" either ")" / word )
//   word    = key ":" values / values       without a key: a search
//   values  = value *( "," value )
//
// A wrong word is reported and stepped over, so that one pass names every error.
namespace query {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool ends_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == '|';
}

template <class What>
NodePtr node_of(What what) {
  return std::make_shared<const Node>(Node{std::move(what)});
}

NodePtr negated(NodePtr node) {
  if (const auto* inner = std::get_if<Not>(&node->what)) return inner->inner;
  return node_of(Not{std::move(node)});
}

// Nodes of the same kind are taken apart into one list; a list of one is its node.
NodePtr all_of(const std::vector<NodePtr>& nodes) {
  And joined;
  for (const NodePtr& node : nodes) {
    const auto* inner = std::get_if<And>(&node->what);
    if (inner != nullptr) {
      joined.all.insert(joined.all.end(), inner->all.begin(), inner->all.end());
    } else {
      joined.all.push_back(node);
    }
  }
  if (joined.all.empty()) return nullptr;
  return joined.all.size() == 1 ? joined.all.front() : node_of(std::move(joined));
}

NodePtr any_of(const std::vector<NodePtr>& nodes) {
  Or joined;
  for (const NodePtr& node : nodes) {
    const auto* inner = std::get_if<Or>(&node->what);
    if (inner != nullptr) {
      joined.any.insert(joined.any.end(), inner->any.begin(), inner->any.end());
    } else {
      joined.any.push_back(node);
    }
  }
  if (joined.any.empty()) return nullptr;
  return joined.any.size() == 1 ? joined.any.front() : node_of(std::move(joined));
}

template <class T>
void put_in_order(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

NodePtr condition_of(const Key& key, const std::vector<Value>& values) {
  Condition condition{key.subjects, {}};
  const auto collect = [&]<class T>(const T&) {
    std::vector<T> held;
    held.reserve(values.size());
    for (const Value& value : values) held.push_back(std::get<T>(value));
    put_in_order(held);
    condition.any_of = std::move(held);
  };
  std::visit(collect, values.front());
  return node_of(std::move(condition));
}

// A value of a word with the place where it stands.
struct Piece {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string text;  // without quotes and escapes
  bool quoted = false;
};

class Parser {
 public:
  Parser(std::string_view text, const PortNames& names) : text_(text), names_(names) {}

  NodePtr parse() {
    NodePtr root = either(0);
    while (at_ < text_.size()) {  // only a `)` ends it early
      error(at_, at_ + 1, "expected a condition, came `)` that no `(` opened");
      ++at_;
      either(0);
    }
    return root;
  }
  std::vector<FilterError> take_errors() { return std::move(errors_); }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void error(std::size_t from, std::size_t to, std::string message, std::string hint = {}) {
    if (stopped_ || errors_.size() == kMaxFilterErrors) return;
    errors_.push_back({from, to, std::move(message), std::move(hint)});
  }

  // What follows an error here would only be guesses.
  void stop() {
    at_ = text_.size();
    stopped_ = true;
  }

  NodePtr either(std::size_t depth) {
    std::vector<NodePtr> branches;
    bool after_bar = false;
    for (;;) {
      const std::size_t from = at_;
      NodePtr branch = both(depth);
      if (!branch && !saw_term_ && (after_bar || next_is('|'))) {
        error(from, std::min(at_ + 1, text_.size()), "expected a condition on each side of `|`");
      }
      if (branch) branches.push_back(std::move(branch));
      if (!next_is('|')) break;
      ++at_;
      after_bar = true;
    }
    if (after_bar) saw_term_ = true;
    return any_of(branches);
  }

  // Leaves in saw_term_ whether anything stood there, right or wrong.
  NodePtr both(std::size_t depth) {
    std::vector<NodePtr> terms;
    bool saw_term = false;
    for (skip_blanks(); at_ < text_.size() && !next_is('|') && !next_is(')'); skip_blanks()) {
      NodePtr parsed = term(depth);
      saw_term = true;
      if (parsed) terms.push_back(std::move(parsed));
    }
    saw_term_ = saw_term;
    return all_of(terms);
  }

  NodePtr term(std::size_t depth) {
    const std::size_t from = at_;
    bool negate = false;
    for (; next_is('-'); ++at_) negate = !negate;
    if (at_ == text_.size() || is_blank(text_[at_]) || next_is('|') || next_is(')')) {
      error(from, at_, "expected a condition right after `-`");
      return nullptr;
    }
    NodePtr parsed = next_is('(') ? group(depth) : word();
    return parsed && negate ? negated(std::move(parsed)) : parsed;
  }

  NodePtr group(std::size_t depth) {
    const std::size_t from = at_;
    if (depth == kMaxFilterNesting) {
      error(from, from + 1,
            fmt::format("expected at most {} parentheses inside each other", kMaxFilterNesting));
      stop();
      return nullptr;
    }
    ++at_;
    NodePtr inner = either(depth + 1);
    if (!next_is(')')) {
      error(from, from + 1, "expected a `)` for this `(`");
      return nullptr;
    }
    ++at_;
    if (!saw_term_) error(from, at_, "expected a condition between `(` and `)`");
    saw_term_ = true;
    return inner;
  }

  // The end of the word that begins at at_; quotes hide blanks and parentheses.
  std::optional<std::size_t> end_of_word() {
    std::optional<std::size_t> quote;
    std::size_t end = at_;
    for (; end < text_.size() && (quote || !ends_word(text_[end])); ++end) {
      if (quote && text_[end] == '\\' && end + 1 < text_.size()) {
        ++end;
      } else if (text_[end] == '"') {
        quote = quote ? std::nullopt : std::optional{end};
      }
    }
    if (!quote) return end;
    error(*quote, text_.size(), "expected a closing `\"`");
    stop();
    return std::nullopt;
  }

  NodePtr word() {
    const std::size_t from = at_;
    const auto end = end_of_word();
    if (!end) return nullptr;
    at_ = *end;
    const std::string_view whole = text_.substr(from, *end - from);
    if (is_bare_address(whole.substr(0, whole.find(',')))) return search(from, *end);
    const std::size_t colon = whole.find(':');
    const std::size_t quote = whole.find('"');
    if (colon == std::string_view::npos || quote < colon) return search(from, *end);
    const std::string_view name = whole.substr(0, colon);
    const Key* key = find_key(name);
    if (key == nullptr) {
      report_unknown_key(from, name);
      return nullptr;
    }
    return condition(*key, from, from + colon + 1, *end);
  }

  // Things with `:` inside that are no key and value.
  static bool is_bare_address(std::string_view text) {
    return flow::parse_network(text).has_value() || flow::parse_mac(text).has_value();
  }

  void report_unknown_key(std::size_t from, std::string_view name) {
    const std::size_t to = from + name.size();
    if (base::lower(name) == "nfdump") {
      error(from, to + 1, "nfdump's syntax is not read yet",
            "write it in Weir's own, as in src:10.0.0.1 dport:53");
    } else if (is_future_key(name)) {
      error(from, to, fmt::format("`{}` is not known to Weir yet: no flow has it", name));
    } else if (const Key* near = nearest_key(name)) {
      error(from, to, fmt::format("expected a key, came `{}`", name),
            fmt::format("{}:", near->name));
    } else {
      error(
          from, to, fmt::format("expected a key, came `{}`", name),
          "keys are host, net, port, proto, app, as, if, exporter, dir, bytes, … and every column");
    }
  }

  // The values between two places, split at commas outside quotes.
  std::vector<Piece> pieces(std::size_t from, std::size_t end) const {
    std::vector<Piece> found;
    Piece piece{from, from, {}, false};
    bool inside = false;
    for (std::size_t i = from; i < end; ++i) {
      const char c = text_[i];
      if (c == '"') {
        inside = !inside;
        piece.quoted = true;
      } else if (c == ',' && !inside) {
        piece.to = i;
        found.push_back(std::exchange(piece, Piece{i + 1, i + 1, {}, false}));
      } else {
        if (inside && c == '\\' && i + 1 < end) ++i;
        piece.text += text_[i];
      }
    }
    piece.to = end;
    found.push_back(std::move(piece));
    return found;
  }

  NodePtr condition(const Key& key, std::size_t from, std::size_t values_from, std::size_t end) {
    std::vector<Value> values;
    bool sound = true;
    for (const Piece& piece : pieces(values_from, end)) {
      if (piece.text.empty() && !piece.quoted) {
        error(values_from == end ? from : piece.from, std::max(piece.to, values_from),
              fmt::format("expected {} after `{}`", expectation(key),
                          values_from == piece.from ? ":" : ","));
        sound = false;
        continue;
      }
      auto value = read_value(key, piece.text, piece.quoted);
      if (value) {
        values.push_back(std::move(*value));
      } else if (const auto ports = ports_named(key, piece.text); !ports.empty()) {
        for (const std::uint16_t port : ports) values.emplace_back(NumberRange{port, port});
      } else {
        error(piece.from, piece.to, std::move(value.error().message),
              std::move(value.error().hint));
        sound = false;
      }
    }
    return sound ? condition_of(key, values) : nullptr;
  }

  // Empty: nothing has this name, or no name can stand there.
  std::span<const std::uint16_t> ports_named(const Key& key, std::string_view name) const {
    if (!is_of_ports(key)) return {};
    const auto found = names_.find(base::lower(name));
    if (found == names_.end()) return {};
    return found->second;
  }

  // A word without a key: addresses and networks of either end, MAC addresses, and else a part of
  // an application's name.
  NodePtr search(std::size_t from, std::size_t end) {
    std::vector<Value> networks;
    std::vector<Value> macs;
    std::vector<Value> names;
    for (const Piece& piece : pieces(from, end)) {
      if (!piece.quoted && is_no_search(piece)) return nullptr;
      const auto network = flow::parse_network(piece.text);
      const auto mac = flow::parse_mac(piece.text);
      if (!piece.quoted && network) {
        networks.emplace_back(*network);
      } else if (!piece.quoted && mac) {
        macs.emplace_back(NumberRange{*mac, *mac});
      } else {
        const bool has_star = piece.text.find('*') != std::string::npos;
        names.emplace_back(
            TextPattern{base::lower(has_star ? piece.text : "*" + piece.text + "*")});
      }
    }
    std::vector<NodePtr> found;
    if (!networks.empty()) found.push_back(condition_of(*find_key("host"), networks));
    if (!macs.empty()) found.push_back(condition_of(*find_key("mac"), macs));
    if (!names.empty()) found.push_back(condition_of(*find_key("app"), names));
    return any_of(found);
  }

  // Reports what looks like another language's syntax, which a search would silently never find.
  bool is_no_search(const Piece& piece) {
    const std::string folded = base::lower(piece.text);
    const auto say = [&](std::string message, std::string hint) {
      error(piece.from, piece.to, std::move(message), std::move(hint));
      return true;
    };
    if (folded.empty()) return say("expected a word between the commas", {});
    if (folded == "and" || folded == "&&" || folded == "&") {
      return say(fmt::format("expected a condition, came `{}`", piece.text), "a blank means and");
    }
    if (folded == "or") return say("expected a condition, came `or`", "( a | b ) means or");
    if (folded == "not" || folded == "!") {
      return say(fmt::format("expected a condition, came `{}`", piece.text),
                 "a - before a condition means not, as in -port:53");
    }
    if (find_key(folded) != nullptr) {  // `dst port 443`
      return say(
          fmt::format("expected `:` and a value after `{}`", piece.text),
          fmt::format("{}:…, or \"{}\" in quotes to search for the word", folded, piece.text));
    }
    const auto sign = folded.find_first_of("<>=!");
    if (sign == std::string::npos) return false;
    const Key* key = find_key(folded.substr(0, sign));
    return say(fmt::format("expected a key and `:` before `{}`", piece.text.substr(sign)),
               key == nullptr
                   ? "as in bytes:>1M"
                   : fmt::format("{}:{}", key->name,
                                 piece.text.substr(folded[sign] == '=' ? sign + 1 : sign)));
  }

  std::string_view text_;
  const PortNames& names_;
  std::size_t at_ = 0;
  bool saw_term_ = false;
  bool stopped_ = false;
  std::vector<FilterError> errors_;
};

// The first octet that belongs to no character: a name in the store is UTF-8, and so is SQL.
std::optional<FilterError> no_utf8(std::string_view text) {
  const std::size_t at = base::utf8_prefix(text);
  if (at == text.size()) return std::nullopt;
  return FilterError{
      at,
      at + 1,
      fmt::format("expected UTF-8, came the octet 0x{:02x}", static_cast<unsigned char>(text[at])),
      {}};
}

std::vector<FilterError> too_long(std::size_t octets, std::string_view what) {
  return {{0, octets, fmt::format("expected at most {} octets, {}", kMaxFilterOctets, what), {}}};
}

}  // namespace

std::string_view to_text(Way way) {
  switch (way) {
    case Way::In:
      return "in";
    case Way::Out:
      return "out";
    case Way::Local:
      return "local";
    case Way::Transit:
      return "transit";
  }
  CHECK(false);
}

base::Expected<Filter, std::vector<FilterError>> parse_filter(std::string_view text,
                                                              const PortNames& names) {
  if (text.size() > kMaxFilterOctets) {
    return base::Unexpected(too_long(text.size(), fmt::format("came {}", text.size())));
  }
  if (auto error = no_utf8(text)) return base::Unexpected(std::vector{std::move(*error)});
  Parser parser(text, names);
  Filter filter{parser.parse(), {}};
  auto errors = parser.take_errors();
  if (!errors.empty()) {
    std::ranges::stable_sort(errors, {}, &FilterError::from);
    return base::Unexpected(std::move(errors));
  }
  filter.canonical = canonical_text(filter.root);
  if (filter.canonical.size() > kMaxFilterOctets) {
    return base::Unexpected(
        too_long(text.size(), fmt::format("came {} once written out", filter.canonical.size())));
  }
  return filter;
}

}  // namespace query
