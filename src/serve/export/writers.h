#pragma once

#include <memory>

#include "serve/export/export.h"

// The writers behind make_writer(), each in the file of its name.
namespace serve {

std::unique_ptr<AnswerWriter> make_csv_writer(Output output);
std::unique_ptr<AnswerWriter> make_json_writer(const query::Plan& plan, Output output);
std::unique_ptr<AnswerWriter> make_ndjson_writer(Output output);
std::unique_ptr<AnswerWriter> make_table_writer(const query::Plan& plan, Output output);

}  // namespace serve
