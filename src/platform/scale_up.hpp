// Scale-up domains of one pool: which cards share one, and the way between two of them.
#pragma once

#include "platform/grid.hpp"
#include "platform/pool.hpp"

#include <optional>

namespace iccsim::platform {

class ScaleUp {
public:
  /// `pool` must outlive it and stay where it is.
  ScaleUp(const Pool& pool, const scenario::FabricSpec& fabric);

  std::uint32_t domain_count() const { return (pool_.cards() + domain_cards_ - 1) / domain_cards_; }
  std::uint32_t domain(std::uint32_t card_of_pool) const { return card_of_pool / domain_cards_; }

  /// Appends the way between two cards of the pool and adds its latency; false when no scale-up links join them.
  bool route(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;

private:
  bool through_listed_links(const CardPlace& from, const CardPlace& to, Route& route) const;
  void through_torus(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;

  const Pool& pool_;
  const scenario::ScaleUpSpec& spec_;
  const scenario::FabricSpec& fabric_;
  std::uint32_t domain_cards_ = 1;
  std::optional<Grid> torus_;
};

} // namespace iccsim::platform
