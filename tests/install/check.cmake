# cmake -D BUILD_DIR=... -D SOURCE_DIR=... -P check.cmake: installs into a scratch prefix, builds the consumer against
# it, runs the consumer and the installed program.
set(scratch ${BUILD_DIR}/tests/install)
set(prefix ${scratch}/prefix)
file(REMOVE_RECURSE ${prefix} ${scratch}/consumer)
file(MAKE_DIRECTORY ${scratch})

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${scratch} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/tests/install/consumer -B ${scratch}/consumer -G Ninja
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${scratch}/consumer)

set(example ${prefix}/share/iccsim/scenarios/examples/gpt-145b-1536-a100.yaml)
run(${scratch}/consumer/consumer ${example})
# The installed program finds its own library files, with no help from the environment or the source tree.
run(${CMAKE_COMMAND} -E env --unset=ICCSIM_LIBRARY ${prefix}/bin/iccsim check ${example})
