#pragma once

#include <map>
#include <set>
#include <string>

namespace know {

// Tells that something happened in the folders of some files: a file itself may be replaced.
class FileWatch {
 public:
  FileWatch();
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // To wait for; -1: there is no watch to be had; then a file's change is found by looking again
  // and again.
  int descriptor() const { return descriptor_; }
  // Again and again, for a folder may be new.
  void add(const std::string& path);
  // True: one of the files may have changed. Waits for nothing.
  bool take();

 private:
  const int descriptor_;
  std::map<int, std::set<std::string>> names_;
};

}  // namespace know
