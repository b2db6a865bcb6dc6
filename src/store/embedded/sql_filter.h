#pragma once

#include <functional>
#include <string>

#include "query/filter/filter.h"
#include "store/embedded/duck.h"
#include "store/embedded/flow_fields.h"

namespace store {

// The SQL expression of a subject of a filter; an Address column has two, by half. Empty: the rows
// do not have it, so a condition on it never holds.
using SubjectSql = std::function<std::string(const query::Subject&, FlowField::Half)>;

// The filter as a predicate that is TRUE where the filter holds, and FALSE or NULL elsewhere. Its
// values become parameters of `sql`.
std::string filter_sql(const query::NodePtr& root, const SubjectSql& subject, duck::Sql& sql);

// The same filter as filters of which each flow passes at most one, and together pass the same
// flows. A condition that names a few hosts at either end becomes two, because the reader can skip
// what statistics rule out for one column, but not for an OR of two.
std::vector<query::NodePtr> disjoint_filters(const query::NodePtr& root);

}  // namespace store
