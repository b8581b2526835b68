// Files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <string>

namespace iccsim::cli {

/// Writes beside `path` and renames over it. Throws InvalidInput that says why it could not.
void write_whole_file(const std::filesystem::path& path, const std::string& text);
/// Makes `directory` (and its parents) when it is not there; throws InvalidInput when it cannot be.
void make_output_directory(const std::filesystem::path& directory);
/// Throws InvalidInput when the file cannot be read.
std::string read_whole_file(const std::filesystem::path& path);
/// To standard output, checked; throws InvalidInput when it does not take everything (a full disk).
void print_result(const std::string& text);

} // namespace iccsim::cli
