"""The program's ends of the wires, and what goes over the socket between them and the simulator."""
